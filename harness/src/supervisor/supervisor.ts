/** Carries out a plan: starts the nodes, breaks and heals what is planned, and ends the run when there is a verdict. */
import type { History } from '../history/history.ts'
import type { Plan } from '../scenario/plan.ts'
import { awaitEnd } from './ending.ts'
import { LiveNetwork, type LiveNetworkOptions } from './live-network.ts'
import { lackOf, needsKeys, RefusedPlan, requireRunner } from './refusal.ts'
import { Steps } from './steps.ts'

export interface SuperviseOptions extends Omit<LiveNetworkOptions, 'keepsKeys' | 'onReady'> {
  interrupt: AbortSignal
}

/**
 * Runs to the end, heals what it broke, and leaves no node behind. Never rejects for what nodes do.
 *
 * @throws {RefusedPlan} when the runner cannot do what is planned, before anything is started, or when a program cannot, as
 * soon as it says so
 */
export async function supervise(plan: Plan, options: SuperviseOptions): Promise<History> {
  const { runner, interrupt, clock } = options
  requireRunner(plan, runner)
  let lack: string | undefined
  const network = new LiveNetwork(plan, {
    ...options,
    keepsKeys: needsKeys(plan),
    onReady: (node, line) => {
      lack ??= lackOf(plan, node, line)
    }
  })
  const steps = new Steps(plan, network)
  const atOnce = network.fleet.nodes.filter(({ startsAtOnce }) => startsAtOnce)
  const isInterrupted = () => interrupt.aborted || lack !== undefined
  interrupt.addEventListener('abort', network.record.look)
  const starting = steps.makeLinks().then(() => network.start(atOnce))
  const underWay = Promise.all([starting, steps.carryOut()])
  const reason = await awaitEnd(network, {
    deadlineMs: plan.deadlineMs,
    settleMs: plan.settleMs,
    isDone: () => steps.areDone,
    isLost: () => steps.areBroken || network.isLost(),
    isInterrupted,
    starting,
    clock
  })
  await network.end(reason)
  await network.close(underWay)
  interrupt.removeEventListener('abort', network.record.look)
  if (lack !== undefined) throw new RefusedPlan(lack)
  return network.history
}
