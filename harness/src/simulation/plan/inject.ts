/** Each fault as it is done to simulated nodes, and what was counted of it. */
import type { NodeName } from '../../contract.ts'
import type { ClockFault, Fault, LinkFault, ProcessFault, Proof } from '../../faults/fault.ts'
import type { NodeProcess } from '../host/node-process.ts'
import type { World } from '../host/world.ts'
import { type Cut, oneWay, partition } from '../net/cuts.ts'
import { worseLinks } from '../net/links.ts'
import { nodeNames } from './describe.ts'
import type { Nodes } from './nodes.ts'
import { Starvation } from './starve.ts'

/** A fault in force. */
export interface Injected {
  /** What came of it so far. */
  prove(): Proof
  /** Heals it, and looks whether it is gone. */
  undo(): Proof
}

export function inject(fault: Fault, world: World, nodes: Nodes): Injected {
  switch (fault.type) {
    case 'kill':
    case 'power-off':
      return endProcesses(fault, nodes)
    case 'pause':
      return pause(fault.nodes, nodes)
    case 'starve':
      return new Starvation(fault, world, nodes)
    case 'partition':
      return cut(partition(fault.groups.map(group => nodes.machinesOf(group))), world)
    case 'one-way':
      return cut(oneWay(nodes.machinesOf(fault.nodes), fault.direction), world)
    case 'links':
      return worsen(fault, world, nodes)
    case 'clock':
      return moveClocks(fault, nodes)
    case 'nat-changes':
      throw new Error('simulated nodes are behind no router')
  }
}

function endProcesses({ type, nodes: names }: ProcessFault & { type: 'kill' | 'power-off' }, nodes: Nodes): Injected {
  const connections = names.map(name => nodes.end(name, type))
  const idle = names.filter((_, index) => connections[index] === undefined)
  const lost = connections.reduce<number>((sum, count) => sum + (count ?? 0), 0)
  const how = type === 'kill' ? 'reset' : 'silent'
  const proof = ofAll(names, idle, `ended, ${lost} connections ${how}`)
  return {
    prove: () => proof,
    undo: () => {
      const running = names.filter(name => !nodes.start(name))
      return { ...proved(running.length === 0), seen: `${nodeNames(names)} started again` }
    }
  }
}

function pause(names: readonly NodeName[], nodes: Nodes): Injected {
  const processes = running(names, nodes)
  for (const process of processes) nodes.pause(process)
  const idle = names.filter(name => nodes.process(name) === undefined)
  const proof = ofAll(names, idle, 'stopped')
  return {
    prove: () => proof,
    undo: () => {
      for (const process of processes) nodes.resume(process)
      return { ...proved(true), seen: `${nodeNames(names)} continued` }
    }
  }
}

function cut(made: Cut, { network }: World): Injected {
  network.addCut(made)
  return {
    prove: () => ({ ...proved(made.stopped > 0), seen: `${made.stopped} messages stopped` }),
    undo: () => {
      network.heal(made)
      return { ...proved(true), seen: `messages pass again, after ${made.stopped} were stopped` }
    }
  }
}

function worsen({ nodes: names, links }: LinkFault, { network }: World, nodes: Nodes): Injected {
  const worse = worseLinks(nodes.machinesOf(names), links)
  network.addWorseLinks(worse)
  return {
    prove: () => {
      const { sent, lost, duplicated, overtaking, held } = worse
      const isVain =
        (isSome(links.lossRatio) && lost === 0) ||
        (isSome(links.duplicateRatio) && duplicated === 0) ||
        (isSome(links.reorderRatio) && overtaking === 0)
      const seen = `${sent} messages sent over them: ${lost} packets lost, ${duplicated} sent twice, ${overtaking} overtaking, ${held} waited`
      return { result: sent === 0 ? 'mismatch' : isVain ? 'inconclusive' : 'confirmed', seen }
    },
    undo: () => {
      network.removeWorseLinks(worse)
      return { ...proved(true), seen: `links as before, after ${worse.sent} messages` }
    }
  }
}

function moveClocks({ nodes: names, offsetMs }: ClockFault, nodes: Nodes): Injected {
  const move = (byMs: number) => {
    for (const name of names) nodes.moveClock(name, byMs)
  }
  move(offsetMs)
  return {
    prove: () => ({ ...proved(true), seen: `the clocks of ${nodeNames(names)} moved by ${offsetMs} ms` }),
    undo: () => {
      move(-offsetMs)
      return { ...proved(true), seen: `the clocks of ${nodeNames(names)} moved back by ${offsetMs} ms` }
    }
  }
}

function running(names: readonly NodeName[], nodes: Nodes): NodeProcess[] {
  return names.map(name => nodes.process(name)).filter(process => process !== undefined)
}

function isSome(ratio: number | undefined): boolean {
  return ratio !== undefined && ratio > 0
}

function ofAll(names: readonly NodeName[], idle: readonly NodeName[], what: string): Proof {
  if (idle.length > 0) return { result: 'mismatch', seen: `${nodeNames(idle)} did not run` }
  return { result: 'confirmed', seen: `${nodeNames(names)} ${what}` }
}

function proved(isSo: boolean): Pick<Proof, 'result'> {
  return { result: isSo ? 'confirmed' : 'mismatch' }
}
