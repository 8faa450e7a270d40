/** One run of a comparison: its plan is carried out with one system, and its figures are taken. */
import { availableParallelism } from 'node:os'
import { comparedFigures } from '../../comparison/figures.ts'
import { type ComparedRun, MAX_COMPARED_REASON } from '../../comparison/measured.ts'
import { type ComparedTurn, isInCell, type Part, partOf } from '../../comparison/turns.ts'
import type { Network } from '../../history/observed.ts'
import type { Judgement } from '../../judge/judgement.ts'
import { printable } from '../../printable.ts'
import type { Judged } from '../../reports/judged.ts'
import { reasonOfOutcome } from '../../reports/words/headline.ts'
import { DEFAULT_CLUSTER } from '../../runners/registry.ts'
import { makeRun } from '../comparing/make-run.ts'
import type { Interrupts } from '../interrupts.ts'
import type { RunOptions } from '../run.ts'
import type { ComparisonFolder } from './comparison-folder.ts'
import type { PlannedComparison } from './planned-comparison.ts'

interface Around {
  readonly folder: ComparisonFolder
  readonly interrupts: Interrupts
}

/**
 * Measures a turn; undefined if it was interrupted. Of each cell the folder of the first
 * run stays with its reports, and of the first one that could not be measured, which `judge` makes reports of.
 */
export async function measureCompared(
  turn: ComparedTurn,
  before: readonly ComparedRun[],
  planned: PlannedComparison,
  { folder, interrupts }: Around
): Promise<ComparedRun | undefined> {
  const part = partOf(turn, before)
  const nothing = { ...turn, figures: {}, rules: [] }
  if (typeof part === 'object' && 'none' in part) {
    return { ...nothing, outcome: 'given-up', reason: printable(part.none, MAX_COMPARED_REASON) }
  }
  const isFirst = !before.some(run => run.outcome === 'measured' && isInCell(run, turn))
  const options = { ...optionsOf(turn, planned), out: folder.path, writesReports: isFirst }
  const made = await makeRun(planned.planOf(turn, part), options, commandOf(turn), interrupts).catch(
    (error: Error) => error
  )
  if (interrupts.signal.aborted) {
    if (!(made instanceof Error)) await made.discard()
    return undefined
  }
  if (made instanceof Error) {
    return { ...nothing, outcome: 'unmeasured', reason: printable(made.message, MAX_COMPARED_REASON) }
  }
  const run = runOf(turn, made.judged, part)
  const isKept = !before.some(each => each.outcome === run.outcome && isInCell(each, turn))
  if (isKept) return { ...run, folder: await made.keep() }
  await made.discard()
  return run
}

/** How each system is run, whatever else differs. */
function optionsOf({ system }: ComparedTurn, { begun, commands }: PlannedComparison): Omit<RunOptions, 'uiPort'> {
  return {
    runner: begun.plan.runner,
    nodeCommand: commands.get(system),
    image: undefined,
    memoryBytes: undefined,
    cpus: undefined,
    cluster: DEFAULT_CLUSTER,
    json: true,
    out: undefined,
    announceIntervalMs: undefined,
    ttlMs: undefined,
    mdns: false,
    concurrentStarts: availableParallelism(),
    measuresOn: true
  }
}

/** A comparison of one run. */
function commandOf({ system, scenario, nodes, seed }: ComparedTurn): string[] {
  const grid = ['--systems', system, '--scenarios', scenario, '--nodes', String(nodes)]
  return ['compare', ...grid, '--repeat', '1', '--seed', String(seed)]
}

function runOf(turn: ComparedTurn, judged: Judged, part: Part): ComparedRun {
  const { network, judgement } = judged
  const why = whyUnmeasured(network, judgement)
  const missed = [...network.plannedSteps.keys()].find(step => network.steps.get(step)?.state === 'missed')
  return {
    ...turn,
    outcome: why === undefined ? 'measured' : 'unmeasured',
    reason: printable(why ?? reasonOfOutcome(judged), MAX_COMPARED_REASON),
    ...(missed !== undefined && { missed }),
    ...(part !== 'all' && { shortened: true }),
    figures: why === undefined ? comparedFigures(turn.scenario, judged) : {},
    rules: judgement.checks.filter(({ status }) => status === 'fail').map(({ rule }) => rule)
  }
}

/** Why a run shows nothing of its system, in a sentence; undefined if it does. What the system itself did wrong is a result. */
function whyUnmeasured({ nodes, steps, plannedSteps }: Network, { checks, findings }: Judgement): string | undefined {
  const runs = [...nodes.values()].flat()
  if (!runs.some(({ readyAtMs }) => readyAtMs !== undefined))
    return `no node was ever ready: ${findings[0]?.message ?? 'nothing says why'}`
  const failure = runs.find(({ runnerFailure }) => runnerFailure !== undefined)?.runnerFailure
  if (failure !== undefined) return failure
  const [doubt] = checks.find(({ rule }) => rule === 'faults-bite')?.unknown ?? []
  if (doubt !== undefined) return doubt
  const stopped = [...plannedSteps.values()].find(({ id }) => steps.get(id)?.state !== 'done')
  const isFault = stopped !== undefined && stopped.action.type === 'fault' && steps.get(stopped.id)?.state === 'failed'
  return isFault
    ? `step ${stopped.id} could not be done: ${steps.get(stopped.id)!.why ?? 'nothing says why'}`
    : undefined
}
