/** What has happened in a run so far that its reader wants to know of: what is broken and healed, and what goes wrong. */
import type { HistoryEvent } from '../../history/history.ts'
import type { Network } from '../../history/observed.ts'
import { lastingFindings } from '../../judge/judge.ts'
import type { Finding } from '../../judge/judgement.ts'
import { printable } from '../../printable.ts'
import { eventText } from '../words/story/event-words.ts'

export interface NotedHappening {
  readonly atMs: number
  readonly kind: 'fault' | 'healed' | 'step' | 'right' | 'trouble' | 'over'
  /** One line, printable. */
  readonly text: string
}

/** The latest are kept. */
const MAX_KEPT = 200

const MAX_LENGTH = 500

/** Of the run, between two looks at what is broken. */
const FINDINGS_INTERVAL_MS = 1_000

/** Follows a run while it goes on. */
export class Happenings {
  /** BOUNDED by {@link MAX_KEPT}: a network that flaps for hours must not fill the memory. */
  readonly #kept: NotedHappening[] = []
  #total = 0
  #isFull = false
  #findings: readonly Finding[] = []
  #nextLookMs = 0

  /** Of all that has happened, the latest last. */
  get latest(): readonly NotedHappening[] {
    return this.#kept
  }

  /** How many there were, those included that are no longer kept. */
  get total(): number {
    return this.#total
  }

  /** @param network - with the event in it */
  note(event: HistoryEvent, network: Network): void {
    const isFull = network.fullSinceMs !== undefined
    const noted = happeningOf(event, network)
    if (noted !== undefined) this.#keep({ atMs: event.atMs, ...noted })
    if (isFull && !this.#isFull) this.#keep({ atMs: event.atMs, kind: 'right', text: 'all books are right' })
    this.#isFull = isFull
  }

  /** What is broken for good so far, the causes first; at most {@link FINDINGS_INTERVAL_MS} old. */
  findings(network: Network): readonly Finding[] {
    if (network.nowMs >= this.#nextLookMs) {
      this.#findings = lastingFindings(network)
      this.#nextLookMs = network.nowMs + FINDINGS_INTERVAL_MS
    }
    return this.#findings
  }

  #keep(happening: NotedHappening): void {
    this.#total += 1
    this.#kept.push({ ...happening, text: printable(happening.text, MAX_LENGTH) })
    if (this.#kept.length > MAX_KEPT) this.#kept.shift()
  }
}

function happeningOf(event: HistoryEvent, network: Network): Omit<NotedHappening, 'atMs'> | undefined {
  const kind = kindOf(event, network)
  return kind && { kind, text: eventText(network, event) }
}

function kindOf(event: HistoryEvent, network: Network): NotedHappening['kind'] | undefined {
  // What is healed and ended after the run is its end, and no news.
  if (network.ended !== undefined && event.type !== 'run-ended') return undefined
  switch (event.type) {
    case 'fault-injected':
      return 'fault'
    case 'fault-healed':
      return 'healed'
    case 'fault-proof':
      return event.result === 'confirmed' ? undefined : 'trouble'
    case 'step': {
      if (event.state === 'missed' || event.state === 'failed') return 'trouble'
      const type = network.plannedSteps.get(event.step)?.action.type
      // Faults have events of their own, and that somebody waits is no news.
      const isTold = event.state === 'begun' && type !== undefined && type !== 'fault' && type !== 'wait'
      return isTold ? 'step' : undefined
    }
    case 'harness-lagged':
    case 'runner-failed':
      return 'trouble'
    case 'run-ended':
      return 'over'
    default:
      return undefined
  }
}
