/** What has happened in a run so far that its reader wants to know of: what is broken and healed, and what goes wrong. */
import type { HistoryEvent } from '../../history/history.ts'
import type { Network } from '../../history/observed.ts'
import { lastingFindings } from '../../judge/judge.ts'
import type { Finding } from '../../judge/judgement.ts'
import { duration, nameList } from '../../judge/wording.ts'
import { printable } from '../../printable.ts'
import { describeAction, describeFault } from '../../scenario/describe.ts'

export interface Happening {
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
  readonly #kept: Happening[] = []
  #total = 0
  #isFull = false
  #findings: readonly Finding[] = []
  #nextLookMs = 0

  /** Of all that has happened, the latest last. */
  get latest(): readonly Happening[] {
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

  #keep(happening: Happening): void {
    this.#total += 1
    this.#kept.push({ ...happening, text: printable(happening.text, MAX_LENGTH) })
    if (this.#kept.length > MAX_KEPT) this.#kept.shift()
  }
}

function happeningOf(event: HistoryEvent, network: Network): Omit<Happening, 'atMs'> | undefined {
  switch (event.type) {
    case 'fault-injected':
      return { kind: 'fault', text: `fault: ${faultText(network, event)}` }
    case 'fault-healed':
      return { kind: 'healed', text: `healed: ${faultText(network, event)}` }
    case 'fault-proof':
      return proofOf(event, network)
    case 'step':
      return stepOf(event, network)
    case 'harness-lagged':
      return { kind: 'trouble', text: `the harness was ${duration(event.lagMs)} late: the host is busy` }
    case 'run-ended':
      return { kind: 'over', text: ENDINGS[event.reason] }
    default:
      return undefined
  }
}

type EventOf<Type extends HistoryEvent['type']> = Extract<HistoryEvent, { type: Type }>

const ENDINGS: Record<EventOf<'run-ended'>['reason'], string> = {
  settled: 'every check has held for the settle time',
  deadline: 'the time is up',
  decided: 'a rule is broken for good: to go on would show nothing else',
  interrupted: 'interrupted'
}

/** As the scenario has it, if it comes from one. */
export function faultText(network: Network, { fault, nodes }: { fault: string; nodes: readonly string[] }): string {
  const action = network.plannedSteps.get(fault)?.action
  if (action?.type === 'fault') return describeAction(action)
  const what = network.faultTimes.findLast(({ id }) => id === fault)?.fault
  return what === undefined ? `${printable(fault, 40)} at ${nameList(nodes)}` : describeFault(what)
}

function proofOf(event: EventOf<'fault-proof'>, network: Network): Omit<Happening, 'atMs'> | undefined {
  if (event.result === 'confirmed') return undefined
  const time = network.faultTimes.findLast(({ id }) => id === event.fault)
  const what = faultText(network, { fault: event.fault, nodes: time?.nodes ?? [] })
  const text = event.result === 'mismatch' ? 'it is not so' : 'it cannot be told'
  return { kind: 'trouble', text: `${event.of === 'undo' ? 'end of: ' : ''}${what}: ${text}: ${event.seen}` }
}

function stepOf({ step, state, why }: EventOf<'step'>, network: Network): Omit<Happening, 'atMs'> | undefined {
  const action = network.plannedSteps.get(step)?.action
  const what = action === undefined ? printable(step, 40) : describeAction(action)
  if (state === 'missed') return { kind: 'trouble', text: `took too long: ${what}` }
  if (state === 'failed')
    return { kind: 'trouble', text: `could not be done: ${what}${why === undefined ? '' : `: ${why}`}` }
  const isTold = state === 'begun' && action !== undefined && action.type !== 'fault' && action.type !== 'wait'
  return isTold ? { kind: 'step', text: what } : undefined
}
