/** Faults of nodes in containers, by what the engine can do to a container. */
import { setTimeout as delay } from 'node:timers/promises'
import type { NodeName } from '../contract.ts'
import type { FaultInjector, NodeHandle } from '../runners/runner.ts'
import { setClock } from './clock.ts'
import type { FaultInForce, Proof } from './fault.ts'

/** A node in a container. */
export interface ContainerHandle extends NodeHandle {
  /** Stops the node and everything that it started where they are; its connections stay open and silent. */
  pause(): Promise<void>
  resume(): Promise<void>
  isPaused(): Promise<boolean>
  /** Takes the node off the network of the run. */
  disconnectNetwork(): Promise<void>
  /** Puts it back, with the address that it had. */
  connectNetwork(): Promise<void>
  isOnNetwork(): Promise<boolean>
}

const KILLED_WITHIN_MS = 5_000
const OTHERS = 'use --runner netns, or the simulation'

export function createContainerFaults(): FaultInjector {
  return {
    cannot(fault) {
      const { type } = fault
      if (type === 'starve') return `${type}: an engine stops and resumes a container too slowly; use --runner process`
      if (type === 'nat-changes') return `${type}: nodes in containers are behind no router of ours; use --runner netns`
      if (type === 'partition' && fault.groups.every(group => group.length === 1)) return undefined
      const isOfNetwork = type === 'partition' || type === 'one-way' || type === 'links'
      return isOfNetwork
        ? `${type}: engines can take a container off its network, and offer nothing between two of one network; isolate single nodes, ${OTHERS}`
        : undefined
    },
    async inject(fault, handles) {
      switch (fault.type) {
        case 'kill':
          return kill(handlesOf(fault.nodes, handles))
        case 'power-off': {
          const nodes = handlesOf(fault.nodes, handles)
          // So that nothing of its end reaches its peers.
          await Promise.all(nodes.map(([, handle]) => handle.disconnectNetwork()))
          return kill(nodes)
        }
        case 'pause':
          return await pause(handlesOf(fault.nodes, handles))
        case 'partition':
          return await isolate(handlesOf(fault.groups.flat(), handles))
        case 'clock':
          return setClock(fault, handles)
        default:
          throw new Error(this.cannot(fault))
      }
    }
  }
}

type Named = readonly [node: NodeName, handle: ContainerHandle]

function handlesOf(nodes: readonly NodeName[], handles: ReadonlyMap<NodeName, NodeHandle>): Named[] {
  return nodes.map(node => {
    const handle = handles.get(node)
    if (handle === undefined || !('isPaused' in handle)) throw new Error(`${node} does not run in a container`)
    return [node, handle as ContainerHandle]
  })
}

function kill(nodes: readonly Named[]): FaultInForce {
  const ended = new Set<NodeName>()
  for (const [node, handle] of nodes) {
    void handle.ended.then(() => ended.add(node))
    handle.signal('SIGKILL')
  }
  return {
    async prove(): Promise<Proof> {
      const all = Promise.all(nodes.map(([, handle]) => handle.ended))
      await Promise.race([all, delay(KILLED_WITHIN_MS, undefined, { ref: false })])
      const left = nodes.filter(([node]) => !ended.has(node))
      return left.length === 0
        ? { result: 'confirmed', seen: `the containers of ${namesOf(nodes)} have ended` }
        : { result: 'mismatch', seen: `the containers of ${namesOf(left)} run on after SIGKILL` }
    },
    undo: async () => {}
  }
}

/** Where a container can be, as the engine tells: held back from the others by the fault, or not. */
interface Hold {
  readonly begin: (handle: ContainerHandle) => Promise<void>
  readonly end: (handle: ContainerHandle) => Promise<void>
  readonly isHeld: (handle: ContainerHandle) => Promise<boolean>
  readonly words: { readonly held: string; readonly free: string }
}

async function pause(nodes: readonly Named[]): Promise<FaultInForce> {
  return await hold(nodes, {
    begin: handle => handle.pause(),
    end: handle => handle.resume(),
    isHeld: handle => handle.isPaused(),
    words: { held: 'paused', free: 'running' }
  })
}

/** Each of them neither sends nor receives anything. */
async function isolate(nodes: readonly Named[]): Promise<FaultInForce> {
  return await hold(nodes, {
    begin: handle => handle.disconnectNetwork(),
    end: handle => handle.connectNetwork(),
    isHeld: async handle => !(await handle.isOnNetwork()),
    words: { held: 'off the network', free: 'on the network' }
  })
}

async function hold(nodes: readonly Named[], { begin, end, isHeld, words }: Hold): Promise<FaultInForce> {
  let healed = false
  await Promise.all(nodes.map(([, handle]) => begin(handle)))
  return {
    async prove(): Promise<Proof> {
      try {
        const held = await Promise.all(nodes.map(([, handle]) => isHeld(handle)))
        const wrong = nodes.filter((_, i) => held[i] === healed)
        const [right, other] = healed ? [words.free, words.held] : [words.held, words.free]
        return wrong.length === 0
          ? { result: 'confirmed', seen: `${right}, as the engine says: ${namesOf(nodes)}` }
          : { result: 'mismatch', seen: `still ${other}, as the engine says: ${namesOf(wrong)}` }
      } catch (error) {
        return {
          result: 'inconclusive',
          seen: `the engine does not say whether they are ${words.held}: ${(error as Error).message}`
        }
      }
    },
    async undo() {
      if (healed) return
      healed = true
      // One that has ended is held by nothing.
      await Promise.all(nodes.map(([, handle]) => end(handle).catch(() => {})))
    }
  }
}

function namesOf(nodes: readonly Named[]): string {
  return nodes.map(([node]) => node).join(', ')
}
