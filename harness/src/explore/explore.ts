/** Plans random faults one after the other, runs them, and makes what fails smaller. */
import type { Outcome } from '../judge/judgement.ts'
import type { Plan } from '../scenario/plan.ts'
import { planScenario } from '../scenario/planning/plan-scenario.ts'
import { type Draft, type DraftKind, scenarioOf, simpler, withNodes } from './draft.ts'
import { generate } from './generate.ts'
import { leavesEnoughHealthy } from './outages.ts'
import { smallestFailing } from './smallest.ts'

/** One run of a draft, judged. */
export interface Trial {
  /** `interrupted`: ended by the user, and not counted. */
  readonly outcome: Outcome | 'interrupted'
  /** Of the outcome, in one line. */
  readonly reason: string
  /** Keeps the folder of the run: its path. */
  keep(): Promise<string>
  discard(): Promise<void>
}

export interface Failure {
  /** Of the plan, from 1. */
  readonly index: number
  readonly draft: Draft
  readonly smallest: Draft
  /** How often the smallest failed, of so many runs of it. */
  readonly failed: number
  readonly runs: number
  /** Of the run of the smallest, in one line, and its folder. */
  readonly reason: string
  readonly folder: string
}

export interface Exploration {
  readonly seed: number
  readonly plans: number
  readonly outcomes: Readonly<Record<Outcome, number>>
  /** Of all plans that were run to their end. */
  readonly steps: Readonly<Partial<Record<DraftKind, number>>>
  readonly failures: readonly Failure[]
  /** Why plans could not be judged: the number of the plan, and a line. */
  readonly doubts: readonly { readonly index: number; readonly reason: string }[]
}

export interface ExploreOptions {
  readonly seed: number
  /** By chance for each plan if undefined. */
  readonly nodes: number | undefined
  readonly kinds: readonly DraftKind[]
  readonly settleMs: number
  /** Equal plans have equal runs: what fails once fails always. */
  readonly isExact: boolean
  run(plan: Plan): Promise<Trial>
  /** No further plan begins. One that has begun is run to its end, and made smaller if it fails. */
  isOver(): boolean
  isInterrupted(): boolean
  /** As soon as it is known. */
  tell?(index: number, trial: Trial): void
  /** As soon as it is as small as it gets, so that it is there whatever happens afterwards. */
  keepFailure?(failure: Failure): Promise<void>
}

/** Of one failure, where a run costs nothing but processor time. */
const MAX_EXACT_TRIED = 200
const MAX_EXACT_MS = 120_000

/** Of one failure in a real network: most to make it smaller, the rest to say how often the smallest fails. */
const MAX_REAL_RUNS = 10
const MAX_REAL_TRIED = 6

export async function explore(options: ExploreOptions): Promise<Exploration> {
  const { seed, nodes, kinds } = options
  const outcomes = { pass: 0, fail: 0, unknown: 0 }
  const steps: Partial<Record<DraftKind, number>> = {}
  const failures: Failure[] = []
  const doubts: { index: number; reason: string }[] = []
  for (let index = 1; !options.isOver() && !options.isInterrupted(); index++) {
    const draft = generate({ seed, index, nodes, kinds })
    const trial = await options.run(planOfDraft(draft, options))
    if (trial.outcome === 'interrupted') {
      await trial.discard()
      break
    }
    options.tell?.(index, trial)
    outcomes[trial.outcome]++
    for (const { kind } of draft.steps) steps[kind] = (steps[kind] ?? 0) + 1
    if (trial.outcome === 'unknown') doubts.push({ index, reason: trial.reason })
    if (trial.outcome !== 'fail') {
      await trial.discard()
      continue
    }
    const failure = await madeSmaller(index, draft, trial, options)
    failures.push(failure)
    await options.keepFailure?.(failure)
  }
  const plans = outcomes.pass + outcomes.fail + outcomes.unknown
  return { seed, plans, outcomes, steps, failures, doubts }
}

/** The name of the file that repeats a plan, without its ending. */
export function nameOfDraft({ seed }: Draft): string {
  return `explored-${seed}`
}

/**
 * Without steps it is still a cold start.
 *
 * @throws {ScenarioError} when a step asks for what is not there
 */
export function planOfDraft(draft: Draft, { settleMs }: Pick<ExploreOptions, 'settleMs'>): Plan {
  return planScenario(scenarioOf(draft, nameOfDraft(draft)), { settleMs })
}

async function madeSmaller(index: number, draft: Draft, first: Trial, options: ExploreOptions): Promise<Failure> {
  const { isExact, isInterrupted } = options
  const untilMs = performance.now() + MAX_EXACT_MS
  let kept = first
  const { smallest, tried } = await smallestFailing<Draft['steps'][number], Draft>(draft, {
    maxTried: isExact ? MAX_EXACT_TRIED : MAX_REAL_TRIED,
    isOver: () => isInterrupted() || (isExact && performance.now() >= untilMs),
    withNodes,
    simpler,
    async attempt(smaller) {
      // What is broken must stay as judgeable as it was.
      if (!leavesEnoughHealthy(smaller)) return 'impossible'
      const trial = await options.run(planOfDraft(smaller, options))
      const [loser, fails] = trial.outcome === 'fail' ? [kept, true] : [trial, false]
      if (fails) kept = trial
      await loser.discard()
      return fails ? 'fails' : 'holds'
    }
  })
  const again = isExact ? { failed: 0, runs: 0 } : await repeated(smallest, MAX_REAL_RUNS - tried, options)
  return {
    index,
    draft,
    smallest,
    failed: again.failed + 1,
    runs: again.runs + 1,
    reason: kept.reason,
    folder: await kept.keep()
  }
}

async function repeated(
  draft: Draft,
  times: number,
  options: ExploreOptions
): Promise<{ failed: number; runs: number }> {
  let failed = 0
  let runs = 0
  while (runs < times && !options.isInterrupted()) {
    const trial = await options.run(planOfDraft(draft, options))
    await trial.discard()
    if (trial.outcome === 'interrupted') break
    runs++
    if (trial.outcome === 'fail') failed++
  }
  return { failed, runs }
}
