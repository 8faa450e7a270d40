/** What is drawn of a run that goes on: as much as the terminal has room for, what matters most first. */
import type { Network } from '../../../history/observed.ts'
import type { Finding } from '../../../judge/judgement.ts'
import { amountText, count, duration } from '../../../judge/wording.ts'
import { printable } from '../../../printable.ts'
import type { NotedHappening } from '../../live/happenings.ts'
import { type LivePhase, livePhase } from '../../live/phase.ts'
import { type RunSoFar, type Share, sharesOf, speedText, tenths } from '../../live/run-so-far.ts'
import { sharingClause } from '../../words/sharing.ts'
import { pairLines } from './cells.ts'
import { besides, type Format, type Line, lineWidth } from './line.ts'

export interface Size {
  readonly columns: number
  readonly rows: number
}

/** At most so many lines. Nothing that a node wrote is in them but what was made printable. */
export function liveFrame(run: RunSoFar, size: Size): Line[] {
  const { network, happenings } = run
  const head = headOf(run, size)
  const left = size.rows - head.length
  const findings = findingLines(happenings.findings(network), { columns: size.columns, rows: left - 1 })
  const few = happeningLines(happenings.latest, Math.min(FEW_HAPPENINGS, roomFor([findings], left)))
  const pairs = pairLines(network, roomFor([findings, few], left), size.columns)
  const more = happeningLines(happenings.latest, Math.min(MAX_HAPPENINGS, roomFor([findings, pairs], left)))
  return [...head, ...[findings, more, pairs].filter(lines => lines.length > 0).flatMap(lines => [[], ...lines])]
}

const MAX_FINDING_ROWS = 6
/** These are shown before the pairs have their place, and more where there is room. */
const FEW_HAPPENINGS = 4
const MAX_HAPPENINGS = 16

/** Lines that another section may have, the empty line above it not counted. */
function roomFor(sections: readonly (readonly Line[])[], rows: number): number {
  const taken = sections.filter(lines => lines.length > 0).reduce((sum, lines) => sum + lines.length + 1, 0)
  return Math.max(0, rows - taken - 1)
}

/** From this height on what happens may take two lines. */
const ROOMY_ROWS = 10

/** The head is there on the smallest terminal: its most important lines, in their usual order. */
function headOf(run: RunSoFar, { columns, rows }: Size): Line[] {
  const phase = livePhase(run.network)
  const now = phaseLines(run, phase, { columns, rows: rows < ROOMY_ROWS ? 1 : 2 })
  if (rows < 3) return [shortLine(run, phase), ...now].slice(0, rows)
  const [time, ...shares] = barLines(run, columns)
  const page: Line[] = run.pageUrl === undefined ? [] : [[['dim', label('page')], run.pageUrl]]
  const rest = [time!, ...shares, ...now]
  // The title goes first, then the address of the page, then the upper bars.
  if (rows >= rest.length + page.length + 1) return [titleLine(run), ...rest, ...page]
  if (rows >= rest.length + page.length) return [...rest, ...page]
  return [time!, ...shares.slice(Math.max(0, shares.length - (rows - 2))), ...now]
}

function titleLine({ network, speed }: RunSoFar): Line {
  const { started, nodes } = network
  if (started === undefined) return [['bold', 'test-network']]
  const how = speed === undefined ? '' : `, simulated at ${speedText(speed)}`
  const all = started.plan?.nodes.length ?? nodes.size
  return [
    ['bold', printable(started.scenario, 60)],
    ['dim', `  ${count(all, 'node')}${sharingClause(network)}${how}`]
  ]
}

/** All in one line, for a terminal of hardly more. */
function shortLine({ network, nowMs }: RunSoFar, { name }: LivePhase): Line {
  const shares = sharesOf(network).map(({ label, done, of }) => `${done}/${of} ${label}`)
  return [[PHASE_FORMATS[name], tenths(nowMs)], `/${deadlineText(network)} ${shares.join(' ')}`]
}

const PHASE_FORMATS: Record<LivePhase['name'], Format> = {
  start: 'cyan',
  meet: 'cyan',
  noticing: 'yellow',
  broken: 'yellow',
  healing: 'yellow',
  right: 'green',
  over: 'bold'
}

function phaseLines({ nowMs }: RunSoFar, { name, text, fromMs, boundMs }: LivePhase, size: Size): Line[] {
  const bound = boundMs === undefined ? '' : `, at most ${duration(boundMs)}`
  const since = fromMs === undefined ? '' : `  (${tenths(Math.max(0, nowMs - fromMs))} so far${bound})`
  return besides(['dim', label('now')], [PHASE_FORMATS[name], `${text}${since}`], size)
}

const LABEL_COLUMNS = 7

function label(text: string): string {
  return text.padEnd(LABEL_COLUMNS)
}

const MAX_BAR = 60

function barLines(run: RunSoFar, columns: number): Line[] {
  const { network, nowMs } = run
  const deadlineMs = network.started?.deadlineMs ?? 0
  const time = { label: 'time', share: nowMs / deadlineMs, text: `${tenths(nowMs)} of ${deadlineText(network)}` }
  const bars = [time, ...sharesOf(network).map(shareBar)]
  // The text beside them is never cut for a bar.
  const room = columns - LABEL_COLUMNS - 2 - Math.max(...bars.map(({ text }) => lineWidth([text])))
  const length = Math.max(0, Math.min(MAX_BAR, room))
  return bars.map(({ label: name, share, text }) => {
    const filled = Math.floor(length * Math.min(1, Math.max(0, share || 0)))
    const format = name === 'time' ? 'cyan' : share >= 1 ? 'green' : 'yellow'
    const bar: Line = [[format, '█'.repeat(filled)], ['dim', '░'.repeat(length - filled)], length === 0 ? '' : '  ']
    return [['dim', label(name)], ...bar, text]
  })
}

function shareBar({ label, done, of }: Share): { label: string; share: number; text: string } {
  return { label, share: done / of, text: `${amountText(done)} of ${amountText(of)}` }
}

function deadlineText({ started }: Network): string {
  return started === undefined ? '?' : tenths(started.deadlineMs)
}

/** Each in up to two lines, as long as there is room for all of it. */
function findingLines(findings: readonly Finding[], { columns, rows }: Size): Line[] {
  if (findings.length === 0 || rows < 1) return []
  const room = Math.min(MAX_FINDING_ROWS, rows)
  const all = findings.slice(0, room)
  const rowsOfEach = all.length === findings.length && 2 * all.length <= room ? 2 : 1
  const shown = all.length === findings.length ? all : all.slice(0, room - 1)
  const lines = shown.flatMap(({ message }) =>
    besides(['red', '✗ '], printable(message, 1_000), { columns, rows: rowsOfEach })
  )
  if (shown.length === findings.length) return lines
  return [
    ...lines,
    [['red', `✗ ${count(findings.length - shown.length, shown.length === 0 ? 'finding' : 'more finding')}`]]
  ]
}

const HAPPENING_FORMATS: Record<NotedHappening['kind'], Format> = {
  fault: 'yellow',
  healed: 'green',
  step: 'cyan',
  right: 'green',
  trouble: 'red',
  over: 'bold'
}

function happeningLines(happenings: readonly NotedHappening[], rows: number): Line[] {
  if (rows < 1) return []
  return happenings.slice(-rows).map(({ atMs, kind, text }) => [
    ['dim', `${tenths(atMs).padStart(8)}  `],
    [HAPPENING_FORMATS[kind], text]
  ])
}
