import type { Cut, LinkModel } from './net/network.ts'
import type { Simulation } from './simulation.ts'

/** What breaks. Nodes are machines by index. */
export type Fault =
  /** The process is killed: its kernel resets every connection. */
  | { readonly type: 'kill'; readonly nodes: readonly number[] }
  /** The machine loses its power: nobody is told. */
  | { readonly type: 'power-off'; readonly nodes: readonly number[] }
  /** The process says farewell and ends. */
  | { readonly type: 'leave'; readonly nodes: readonly number[] }
  /** The process is stopped: its kernel still takes what comes. */
  | { readonly type: 'pause'; readonly nodes: readonly number[] }
  /** No packet passes between these nodes and the others, or none in one direction. */
  | { readonly type: 'partition'; readonly nodes: readonly number[]; readonly direction: Cut['direction'] }
  /** All links are different. */
  | { readonly type: 'links'; readonly link: Partial<LinkModel> }

/** Undone at `untilMs`: the process runs again under the same key, the cut heals; never if undefined. */
export interface PlannedFault {
  readonly fault: Fault
  readonly atMs: number
  readonly untilMs?: number
}

/** A fault that was injected. */
export interface ActiveFault {
  /** How much came of it: connections lost, messages held up, packets stopped. Without any, it proved nothing. */
  effect(): number
  undo(): void
}

export function describeFault({ fault, atMs, untilMs }: PlannedFault, names: (index: number) => string): string {
  const what = fault.type === 'links' ? JSON.stringify(fault.link) : fault.nodes.slice(0, 5).map(names).join()
  const more = fault.type !== 'links' && fault.nodes.length > 5 ? ` and ${fault.nodes.length - 5} more` : ''
  const direction = fault.type === 'partition' && fault.direction !== 'both' ? ` ${fault.direction}` : ''
  const until = untilMs === undefined ? '' : ` until ${untilMs / 1_000} s`
  return `${fault.type}${direction} ${what}${more} at ${atMs / 1_000} s${until}`
}

export function injectFault(simulation: Simulation, fault: Fault): ActiveFault {
  switch (fault.type) {
    case 'kill':
    case 'power-off':
    case 'leave':
      return endNodes(simulation, fault.nodes, fault.type)
    case 'pause':
      return pauseNodes(simulation, fault.nodes)
    case 'partition':
      return partition(simulation, fault.nodes, fault.direction)
    case 'links':
      return changeLinks(simulation, fault.link)
  }
}

function endNodes(simulation: Simulation, nodes: readonly number[], how: 'kill' | 'power-off' | 'leave'): ActiveFault {
  let connections = 0
  for (const node of nodes) connections += simulation.end(node, how)
  return {
    effect: () => connections,
    undo: () => {
      for (const node of nodes) simulation.start(node)
    }
  }
}

function pauseNodes(simulation: Simulation, nodes: readonly number[]): ActiveFault {
  const processes = nodes.map(node => simulation.pause(node)).filter(process => process !== undefined)
  const before = processes.map(process => process.deferred)
  return {
    effect: () => processes.reduce((sum, process, i) => sum + process.deferred - before[i]!, 0),
    undo: () => {
      for (const process of processes) simulation.resume(process)
    }
  }
}

function partition(simulation: Simulation, nodes: readonly number[], direction: Cut['direction']): ActiveFault {
  const { network } = simulation.world
  const cut: Cut = { members: new Set(nodes), direction, stopped: 0 }
  network.addCut(cut)
  return { effect: () => cut.stopped, undo: () => network.heal(cut) }
}

function changeLinks(simulation: Simulation, link: Partial<LinkModel>): ActiveFault {
  const { network } = simulation.world
  const before = network.link
  const sentBefore = network.sent
  network.link = { ...before, ...link }
  return {
    effect: () => network.sent - sentBefore,
    undo: () => {
      network.link = before
    }
  }
}
