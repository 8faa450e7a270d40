/** Which program each node runs. */

import { splitCommand } from '../../split-command.ts'
import type { PlannedProgram } from '../plan.ts'
import type { Scenario } from '../scenario.ts'
import { SelectionError } from './population.ts'

/** The name of the only program where a scenario names none. */
const ONLY_PROGRAM = 'node'

/**
 * The first program has the first nodes, and so on.
 *
 * @throws {SelectionError} when the programs need more nodes than there are, or leave some without one
 */
export function programsByNode({ programs = {} }: Scenario, nodes: number): string[] {
  const names = Object.keys(programs)
  if (names.length === 0) return Array.from({ length: nodes }, () => ONLY_PROGRAM)
  const asked = names.map(name => numberOf(programs[name]!.nodes, nodes))
  const open = asked.filter(number => number === undefined).length
  const left = nodes - asked.reduce<number>((sum, number) => sum + (number ?? 0), 0)
  if (left < open || (left > 0 && open === 0)) throw new SelectionError(misfit(nodes, nodes - left, open))
  const counts = shared(asked, left, open)
  return names.flatMap((name, index) => Array.from({ length: counts[index]! }, () => name))
}

/** What is planned of each program; one without command, image or version of ours is that of the command line. */
export function plannedPrograms({ programs = {} }: Scenario): Record<string, PlannedProgram> {
  const planned: Record<string, PlannedProgram> = {}
  for (const [name, { command, image, ours }] of Object.entries(programs)) {
    const words = command === undefined ? undefined : splitCommand(command, {}).words
    if (words !== undefined) planned[name] = { command: words }
    else if (image !== undefined) planned[name] = { image }
    else if (ours !== undefined) planned[name] = { ours }
  }
  return planned
}

/** So many nodes as the programs need, if each of them says how many. */
export function nodesOfPrograms({ programs = {} }: Scenario): number | undefined {
  const counts = Object.values(programs).map(({ nodes }) => (nodes?.type === 'count' ? nodes.count : undefined))
  if (counts.length === 0 || counts.includes(undefined)) return undefined
  return counts.reduce<number>((sum, count) => sum + count!, 0)
}

type Asked = NonNullable<Scenario['programs']>[string]['nodes']

function numberOf(asked: Asked, nodes: number): number | undefined {
  if (asked === undefined) return undefined
  return asked.type === 'count' ? asked.count : Math.max(1, Math.floor(asked.ratio * nodes))
}

/** What is left goes to the programs that ask for the rest, the first ones getting one more if it does not come out even. */
function shared(asked: readonly (number | undefined)[], left: number, open: number): number[] {
  let further = 0
  return asked.map(number => number ?? Math.floor(left / open) + (further++ < left % open ? 1 : 0))
}

function misfit(nodes: number, needed: number, open: number): string {
  if (needed > nodes || open > 0) {
    return `the programs need ${needed + open} nodes or more, and the run has ${nodes}; give it more, or the programs fewer`
  }
  return `the programs take ${needed} of ${nodes} nodes; leave out \`nodes\` of one program, and it takes the rest`
}
