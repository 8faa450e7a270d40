/** What is only owed in the end: a run that was cut short owes nothing, and says so. */
import type { Network } from '../history/observed.ts'
import type { Found, Ruling } from './ruling.ts'
import { count, seconds } from './wording.ts'

/** Why the end of this run shows nothing of what is owed in the end; undefined if it does. */
export function whyNotOwed(network: Network, hadTime = hadTheirTime(network)): string | undefined {
  const { ended, nowMs, nodes } = network
  const isLost = [...nodes.values()].flat().some(({ runnerFailure }) => runnerFailure !== undefined)
  if (isLost) return 'the runner lost nodes, and may have lost their links before'
  if (ended?.reason === 'decided' && !hadTime)
    return `the run ended early, after ${seconds(nowMs)}, as it could not pass any more`
  if (ended === undefined || ended.reason === 'interrupted') return `the run was cut short after ${seconds(nowMs)}`
  return undefined
}

/** A node that was there for so long could have met the others. */
const MEETS_WITHIN_MS = 2_000

/** The scenario gave a time for it, which is over, and everybody was there. */
function hadTheirTime(network: Network): boolean {
  const { live, awaited } = network
  return hadTimeToMeet(
    network,
    awaited,
    [...live].map(({ readyAtMs }) => readyAtMs!)
  )
}

/** As `hadTheirTime`, of nodes that were ready at these moments. */
export function hadTimeToMeet(
  { steps, plannedSteps, nowMs }: Network,
  awaited: number,
  readyMs: readonly number[]
): boolean {
  const isMissed = [...steps.values()].some(({ step, state }) => {
    return state === 'missed' && plannedSteps.get(step)?.action.type === 'wait'
  })
  return isMissed && awaited === 0 && readyMs.every(ms => nowMs - ms >= MEETS_WITHIN_MS)
}

/** `what` says in a few words how much is lacking. */
export function eventually(network: Network, found: readonly Found[], what: string): Ruling {
  return owedUnless(whyNotOwed(network), found, what)
}

/** As `eventually`, where the reason why nothing is owed is known; undefined if it is owed. */
export function owedUnless(why: string | undefined, found: readonly Found[], what: string): Ruling {
  if (found.length === 0) return { found, unknown: [] }
  return why === undefined ? { found, unknown: [] } : { found: [], unknown: [`${what}, but ${why}`] }
}

export function listings(amount: number, what: string): string {
  return `${count(amount, 'listing')} ${what}`
}

/** Whoever was slow shortly before the end may have been about to do what was owed. */
export function atTheEnd({ nowMs }: Network, ...nodes: string[]): NonNullable<Found['excusable']> {
  return { fromMs: nowMs, toMs: nowMs, nodes }
}
