/** The script of the live page: reads the run from its server, for as long as there is one. */
import type { HistoryEvent } from '../../../history/history.ts'
import type { Judgement } from '../../../judge/judgement.ts'
import type { RunSoFar } from '../../live/run-so-far.ts'
import { HistorySoFar } from './live/history-so-far.ts'
import { LivePage } from './live/live-page.ts'

const HEAD_INTERVAL_MS = 250
const BOOKS_INTERVAL_MS = 1_000
/** The page may use so much of the time for drawing: what takes longer is drawn less often. */
const DRAWN_SHARE = 0.25

/** What the server says last. */
interface LastWord {
  /** Undefined if the run was broken off. */
  readonly judgement?: Judgement
  readonly folder?: string
}

const page = new LivePage(document.querySelector('main')!)
const history = new HistorySoFar()
let time: Pick<RunSoFar, 'nowMs' | 'speed'> = { nowMs: 0 }
let shownEvents = -1
let booksDueMs = 0
let isOver = false

const server = new EventSource('events')
server.addEventListener('message', ({ data }) => history.add(JSON.parse(data) as HistoryEvent[]))
server.addEventListener('clock', ({ data }) => {
  time = JSON.parse(data)
})
server.addEventListener('open', () => page.say(''))
server.addEventListener('error', () => {
  page.say('The server of this page is gone: its run has ended, or was broken off. What is shown is what came last.')
})
server.addEventListener('end', ({ data }) => {
  server.close()
  clearInterval(timer)
  isOver = true
  showEnd(JSON.parse(data))
})
const timer = setInterval(show, HEAD_INTERVAL_MS)
document.addEventListener('visibilitychange', show)

function show(): void {
  if (isOver || document.hidden || !history.hasBegun) return
  const run = history.soFar(time)
  page.showHead(run)
  document.title = `${Math.round(time.nowMs / 1_000)} s, ${run.network.started!.scenario}`
  const nowMs = performance.now()
  if (history.length === shownEvents || nowMs < booksDueMs) return
  shownEvents = history.length
  page.showBooks(history.judgedSoFar())
  const tookMs = performance.now() - nowMs
  booksDueMs = nowMs + Math.max(BOOKS_INTERVAL_MS, tookMs / DRAWN_SHARE)
}

function showEnd({ judgement, folder }: LastWord): void {
  if (judgement === undefined) {
    page.say('The run was broken off before there was a verdict. What is shown is what came last.')
    return
  }
  const where = folder === undefined ? 'the folder of the run' : folder
  page.showReport(history.judged(judgement), folder ?? 'runs/latest')
  page.say(`The run is over, and its server is gone. This is its report; it is kept as report.html in ${where}.`)
}
