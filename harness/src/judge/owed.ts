/** What is only owed in the end: a run that was cut short owes nothing, and says so. */
import type { Network } from '../history/observed.ts'
import type { Found, Ruling } from './ruling.ts'
import { count, seconds } from './wording.ts'

/** Why the end of this run shows nothing of what is owed in the end; undefined if it does. */
export function whyNotOwed(network: Network): string | undefined {
  const { ended, nowMs, nodes } = network
  const isLost = [...nodes.values()].flat().some(({ runnerFailure }) => runnerFailure !== undefined)
  if (isLost) return 'the runner lost nodes, and may have lost their links before'
  if (ended?.reason === 'decided' && !hadTheirTime(network))
    return `the run ended early, after ${seconds(nowMs)}, as it could not pass any more`
  if (ended === undefined || ended.reason === 'interrupted') return `the run was cut short after ${seconds(nowMs)}`
  return undefined
}

/** A node that was there for so long could have met the others. */
const MEETS_WITHIN_MS = 2_000

/** The scenario gave a time for it, which is over, and everybody was there. */
function hadTheirTime({ steps, plannedSteps, live, awaited, nowMs }: Network): boolean {
  const isMissed = [...steps.values()].some(({ step, state }) => {
    return state === 'missed' && plannedSteps.get(step)?.action.type === 'wait'
  })
  return isMissed && awaited === 0 && [...live].every(run => nowMs - run.readyAtMs! >= MEETS_WITHIN_MS)
}

/** `what` says in a few words how much is lacking. */
export function eventually(network: Network, found: readonly Found[], what: string): Ruling {
  if (found.length === 0) return { found, unknown: [] }
  const why = whyNotOwed(network)
  return why === undefined ? { found, unknown: [] } : { found: [], unknown: [`${what}, but ${why}`] }
}

export function listings(amount: number, what: string): string {
  return `${count(amount, 'listing')} ${what}`
}

/** Whoever was slow shortly before the end may have been about to do what was owed. */
export function atTheEnd({ nowMs }: Network, ...nodes: string[]): NonNullable<Found['excusable']> {
  return { fromMs: nowMs, toMs: nowMs, nodes }
}
