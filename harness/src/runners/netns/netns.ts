/** Runs each node as a process in a network namespace of its own, all of them on one bridge that this run alone sees. */
import type { NodeName } from '../../contract.ts'
import type { Fault, FaultInForce, Proof } from '../../faults/fault.ts'
import { ROUTERS, type RouterKind } from '../../faults/routers.ts'
import { createProcessRunner, type ProcessRunnerOptions } from '../process.ts'
import type { FaultInjector, ProbeResult, Runner } from '../runner.ts'
import { createCuts } from './cuts.ts'
import { type Helper, startHelper } from './helper.ts'
import { type Hub, openHub } from './hub.ts'
import { createNatChanges } from './routers/nat-changes.ts'
import { LinkFaults } from './shaping/link-faults.ts'
import { createShaper, findShapingMeans, type ShapingMeans } from './shaping/means.ts'
import type { Shaper } from './shaping/shaper.ts'
import { findTools } from './tools.ts'
import { Topology } from './topology.ts'

export interface NetnsRunnerOptions extends Omit<ProcessRunnerOptions, 'enterOf' | 'addresses'> {
  /** Those that the run will have, in the order of their `index`; others get their namespace when they start. */
  nodes?: readonly NodeName[]
  /** Those of them that are to be behind a router. */
  behind?: ReadonlyMap<NodeName, RouterKind>
  /** Of the chance by which packets are lost; 1 if undefined. */
  seed?: number
}

/** @throws with what is missing on this host, and what would help */
export async function createNetnsRunner(options: NetnsRunnerOptions): Promise<Runner> {
  const { nodes = [], behind = new Map(), seed = 1, ...ofProcesses } = options
  const kinds = nodes.flatMap((node, slot) => {
    const kind = behind.get(node)
    return kind === undefined ? [] : [[slot, kind] as const]
  })
  const hub = await openHub(findTools(), new Topology(new Map(kinds)))
  try {
    const whyNoRouters = hub.topology.hasRouters ? await hub.whyNoRouters() : undefined
    // Without them the run is refused before it starts.
    if (whyNoRouters === undefined) hub.furnish(nodes.map((_, index) => index))
    const runner = runnerIn(hub, await findShapingMeans(hub), seed, nodes, ofProcesses)
    return { ...runner, cannotPutBehind: () => (whyNoRouters === undefined ? undefined : noRouters(whyNoRouters)) }
  } catch (error) {
    await hub.close()
    throw error
  }
}

function noRouters(why: string): string {
  return `this kernel cannot translate addresses in a namespace (${why}); load what it lacks (modprobe nft_masq nft_connlimit), or use another host`
}

function runnerIn(
  hub: Hub,
  means: ShapingMeans,
  seed: number,
  nodes: readonly NodeName[],
  options: ProcessRunnerOptions
): Runner {
  const { topology } = hub
  const slots = new Map(nodes.map((node, index) => [node, index]))
  const slotOf = (node: NodeName) => {
    const slot = slots.get(node)
    if (slot === undefined) throw new Error(`${node} has no place in the network yet; it gets one when it starts`)
    return slot
  }
  const processes = createProcessRunner({
    ...options,
    enterOf: index => {
      hub.furnish([index])
      return hub.enter(index)
    },
    addresses: {
      listenAddrOf: index => `/ip4/${topology.addressOf(index)}/tcp/${topology.portFor(index)}`,
      release() {}
    }
  })
  const prober = createProber(hub)
  const shaper = means === 'none' ? undefined : createShaper(hub, means, seed)
  return {
    ...processes,
    faults: faultsIn(hub, shaper, slotOf, processes.faults),
    async probe(node, addrs) {
      const slot = slots.get(node)
      const behind = slot === undefined ? undefined : topology.placeOf(slot).behind
      if (behind === undefined) return await prober.probe(addrs)
      const why = `nobody outside can dial ${node}, which is behind ${ROUTERS[behind].name}`
      return { addr: addrs[0] ?? '', result: 'not-tried', why }
    },
    start(spec, observe) {
      slots.set(spec.node, spec.index)
      return processes.start(spec, observe)
    },
    async close() {
      await Promise.all([shaper?.close(), prober.end()])
      await processes.close()
      await hub.close()
    }
  }
}

/** Dials from an address of no node, by a program in the hub; it is started when it is needed. */
function createProber(hub: Hub) {
  let helper: Helper<{ addrs: readonly string[] }, ProbeResult> | undefined
  return {
    async probe(addrs: readonly string[]): Promise<ProbeResult> {
      helper ??= startHelper(hub.enterHub(), new URL('./prober', import.meta.url), [])
      return await helper.ask({ addrs }).catch(({ message }: Error) => {
        return { addr: addrs[0] ?? '', result: 'not-tried', why: message } as const
      })
    },
    end: async () => helper?.end()
  }
}

const NO_SHAPING =
  'links: this kernel has neither netem nor VXLAN; load one of them (modprobe sch_netem, modprobe vxlan), or use --runner simulation'
const NO_REORDERING = 'links: packets can overtake others only where those are delayed; give latencyMs too'

function faultsIn(
  hub: Hub,
  shaper: Shaper | undefined,
  slotOf: (node: NodeName) => number,
  ofProcesses: FaultInjector
): FaultInjector {
  const cuts = createCuts(hub, slotOf)
  const links = shaper && new LinkFaults(shaper, slotOf)
  const natChanges = createNatChanges(hub, slotOf)
  const cannot = (fault: Fault) => {
    if (fault.type === 'partition' || fault.type === 'one-way') return cuts.cannot(fault)
    if (fault.type === 'power-off') return undefined
    if (fault.type === 'nat-changes') return natChanges.cannot(fault)
    if (fault.type !== 'links') return ofProcesses.cannot(fault)
    if (links === undefined) return NO_SHAPING
    return (fault.links.reorderRatio ?? 0) > 0 && (fault.links.latencyMs ?? 0) === 0 ? NO_REORDERING : undefined
  }
  return {
    cannot,
    async inject(fault, handles) {
      const why = cannot(fault)
      if (why !== undefined) throw new Error(why)
      if (fault.type === 'partition' || fault.type === 'one-way') return await cuts.inject(fault)
      if (fault.type === 'nat-changes') return await natChanges.inject(fault)
      if (fault.type === 'links') return await links!.inject(fault)
      if (fault.type !== 'power-off') return await ofProcesses.inject(fault, handles)
      // The kernel ends the connections of a process that is killed; nobody hears of it.
      const cut = await cuts.isolate(fault.nodes)
      try {
        return both(await ofProcesses.inject({ type: 'kill', nodes: fault.nodes }, handles), cut)
      } catch (error) {
        await cut.undo()
        throw error
      }
    }
  }
}

/** A machine without power: its processes are gone, and so is its link. With the undo it is on the network again, and runs nothing. */
function both(killed: FaultInForce, cut: FaultInForce): FaultInForce {
  let isHealed = false
  return {
    async prove(): Promise<Proof> {
      const proofOfCut = await cut.prove()
      if (isHealed || proofOfCut.result === 'mismatch') return proofOfCut
      // Whether a peer still sent something is a matter of chance; that nothing could come back is not.
      return await killed.prove()
    },
    async undo() {
      isHealed = true
      await cut.undo()
      await killed.undo()
    }
  }
}
