/** What a scenario needs of a runner and of the program under test. */
import type { Fault } from '../faults/fault.ts'
import type { RouterKind } from '../faults/routers.ts'
import type { Plan } from './plan.ts'

export interface Needs {
  /** Faults that the runner must be able to make. */
  readonly faults: readonly Fault['type'][]
  /** What the runner must be able to put nodes behind. */
  readonly behind: readonly RouterKind[]
  /** What the program must be able to do, as `can` in its `ready` line names it. */
  readonly can: readonly ('leave' | 'key' | 'clock')[]
}

/** Each need once, in the order in which they come up. */
export function needsOf({ nodes, links, steps }: Plan): Needs {
  const faults = new Set<Fault['type']>(Object.keys(links).length > 0 ? ['links'] : [])
  const can = new Set<Needs['can'][number]>()
  for (const { action } of steps) {
    if (action.type === 'fault') faults.add(action.fault.type)
    if (action.type === 'fault' && action.fault.type === 'clock') can.add('clock')
    if (action.type === 'leave') can.add('leave')
    if (action.type === 'restart' && action.key === 'same') can.add('key')
    // Its undo starts the node again under its key.
    const comesBack = action.type === 'fault' && action.forMs !== undefined
    if (comesBack && (action.fault.type === 'kill' || action.fault.type === 'power-off')) can.add('key')
  }
  const behind = new Set(nodes.flatMap(node => node.behind ?? []))
  return { faults: [...faults], behind: [...behind], can: [...can] }
}
