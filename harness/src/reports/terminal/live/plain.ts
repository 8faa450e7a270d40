/** A run that goes on, told in lines: for logs, pipes, and terminals that nothing can be drawn on. */
import { amountText, count } from '../../../judge/wording.ts'
import { printable } from '../../../printable.ts'
import { livePhase } from '../../live/phase.ts'
import { type RunSoFar, sharesOf, tenths } from '../../live/run-so-far.ts'

export interface PlainOptions {
  write(text: string): unknown
  /** Of the host, between two lines that only say how far the run is. */
  intervalMs: number
}

/** A new phase is told after this share of the interval. */
const PHASE_SHARE = 0.1

/** Of what has happened, the latest are told. */
const MAX_AT_ONCE = 10

/** Says what happens when it happens, and how far the run is now and then. */
export class PlainView {
  readonly #options: PlainOptions
  #told = 0
  #findings = 0
  #phase = ''
  #dueMs = Number.NEGATIVE_INFINITY
  #last = ''

  constructor(options: PlainOptions) {
    this.#options = options
  }

  /** @param hostMs - monotonic time of the host */
  show(run: RunSoFar, hostMs: number): void {
    if (run.network.started === undefined) return
    this.#tellHappenings(run)
    this.#tellFindings(run)
    const { name } = livePhase(run.network)
    const { intervalMs } = this.#options
    if (hostMs < (name === this.#phase ? this.#dueMs : this.#dueMs - (1 - PHASE_SHARE) * intervalMs)) return
    this.#dueMs = hostMs + intervalMs
    this.#phase = name
    const text = progressText(run)
    if (text === this.#last) return
    this.#last = text
    this.#write(run.nowMs, text)
  }

  #tellHappenings({ happenings }: RunSoFar): void {
    const { latest, total } = happenings
    const news = total - this.#told
    const shown = latest.slice(Math.max(0, latest.length - Math.min(news, MAX_AT_ONCE)))
    this.#told = total
    if (news > shown.length) this.#write(shown[0]!.atMs, `${amountText(news - shown.length)} more, and then:`)
    for (const { atMs, text } of shown) this.#write(atMs, text)
  }

  #tellFindings({ happenings, network, nowMs }: RunSoFar): void {
    const findings = happenings.findings(network)
    const news = findings.slice(this.#findings)
    this.#findings = Math.max(this.#findings, findings.length)
    const [first, ...others] = news
    if (first === undefined) return
    const more = others.length === 0 ? '' : `, and ${count(others.length, 'more finding')}`
    this.#write(nowMs, `✗ ${printable(first.message, 1_000)}${more}`)
  }

  #write(atMs: number, text: string): void {
    this.#options.write(`${tenths(atMs)}  ${text}\n`)
  }
}

/** `10 of 10 ready, 7 of 10 books, 80 of 90 pairs: the nodes find each other` */
function progressText({ network }: RunSoFar): string {
  const shares = sharesOf(network).map(({ label, done, of }) => `${done} of ${of} ${label}`)
  return `${shares.join(', ')}: ${livePhase(network).text}`
}
