/** What a plan asks for that cannot be had here: told before anything is broken, with what would help. */
import type { NodeLine } from '../contract.ts'
import type { Fault } from '../faults/fault.ts'
import type { Runner } from '../runners/runner.ts'
import { type Action, PLAN_LINKS, type Plan } from '../scenario/plan.ts'
import type { InjectedFault } from './faults-in-force.ts'
import type { FleetNode } from './nodes/fleet.ts'

/** The message says in one sentence what cannot be done, and what would help. */
export class RefusedPlan extends Error {
  override name = 'RefusedPlan'
}

/** Of a program that does not say what it can. */
const CAN_BY_DEFAULT: readonly string[] = ['leave', 'key']

const NO_ROUTERS = 'nodes of this runner share one network; use --runner netns'

/** @throws {RefusedPlan} if the runner cannot do all that is planned */
export function requireRunner(plan: Plan, runner: Pick<Runner, 'faults' | 'cannotPutBehind'>): void {
  const { faults } = runner
  const hidden = plan.nodes.find(({ behind }) => behind !== undefined)
  const noRouters = runner.cannotPutBehind === undefined ? NO_ROUTERS : runner.cannotPutBehind()
  if (hidden !== undefined && noRouters !== undefined) {
    throw new RefusedPlan(
      `${hidden.name} of ${plan.scenario} cannot be behind a router (${hidden.behind}): ${noRouters}`
    )
  }
  for (const { id, action } of plan.steps) {
    const fault = faultOf(action)
    const why = fault === undefined ? undefined : faults.cannot(fault)
    if (why !== undefined) throw new RefusedPlan(`step ${id} of ${plan.scenario} cannot be done: ${why}`)
  }
  const links = linksOf(plan)
  const why = links === undefined ? undefined : faults.cannot(links.fault)
  if (why !== undefined) throw new RefusedPlan(`the links of ${plan.scenario} cannot be made: ${why}`)
}

/**
 * Nodes that share processes are of our own program, and what each of them costs nobody can tell.
 *
 * @throws {RefusedPlan} if the plan needs anything else
 */
export function requireShareable({ scenario, programs, bounds }: Plan): void {
  const [program] = Object.keys(programs ?? {})
  if (program !== undefined) {
    throw new RefusedPlan(
      `${scenario} runs the program ${program}, and only nodes of the package share processes; leave --per-process out`
    )
  }
  if (bounds.maxBytesPerSecond !== undefined) {
    throw new RefusedPlan(
      `${scenario} bounds what a node receives, which cannot be told of nodes that share processes; leave --per-process out`
    )
  }
}

/** What the program of the node says that it cannot do, though the plan asks it of this node. */
export function lackOf(
  plan: Plan,
  { name }: Pick<FleetNode, 'name'>,
  line: NodeLine & { type: 'ready' }
): string | undefined {
  const can: readonly string[] = line.can ?? CAN_BY_DEFAULT
  for (const { id, action } of plan.steps) {
    const [need] = needsOf(action, name).filter(each => !can.includes(each))
    if (need === undefined) continue
    return `step ${id} of ${plan.scenario} cannot be done: the program of ${name} does not list "${need}" in what its ready line says it can; choose another scenario, or teach the program (docs/CONTRACT.md)`
  }
  return undefined
}

/** What every link of the plan is like from the start on, as a fault; undefined if links are as the host has them. */
export function linksOf({ links, nodes }: Plan): InjectedFault | undefined {
  if (Object.values(links).every(value => value === undefined)) return undefined
  const names = nodes.map(({ name }) => name)
  return { id: PLAN_LINKS, fault: { type: 'links', nodes: names, links }, nodes: names, isLasting: true }
}

/** Some node is started again under its key. */
export function needsKeys({ steps }: Pick<Plan, 'steps'>): boolean {
  return steps.some(({ action }) => keyed(action).length > 0)
}

function needsOf(action: Action, node: string): string[] {
  if (action.type === 'leave') return action.nodes.includes(node) ? ['leave'] : []
  if (action.type === 'fault' && action.fault.type === 'clock')
    return action.fault.nodes.includes(node) ? ['clock'] : []
  return keyed(action).includes(node) ? ['key'] : []
}

/** Those that are to come back as the nodes that they were. */
function keyed(action: Action): readonly string[] {
  if (action.type === 'restart') return action.key === 'same' ? action.nodes : []
  if (action.type !== 'fault' || action.forMs === undefined) return []
  const { fault } = action
  return fault.type === 'kill' || fault.type === 'power-off' ? fault.nodes : []
}

function faultOf(action: Action): Fault | undefined {
  if (action.type === 'fault') return action.fault
  return action.type === 'restart' ? { type: 'kill', nodes: action.nodes } : undefined
}
