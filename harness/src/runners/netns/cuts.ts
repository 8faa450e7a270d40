/** Packets that the bridge does not hand on: each cut is a table of nftables of its own, so that healing it is exact. */
import type { NodeName } from '../../contract.ts'
import type { CutFault, FaultInForce, Proof } from '../../faults/fault.ts'
import { type Hub, HubError } from './hub.ts'
import { listed } from './shaping/link-faults.ts'
import { gatewayOf, portOf, shapedPortOf, type Topology } from './topology.ts'

/** Packets to (`inbound`) and from (`outbound`) these nodes do not pass between them and all others. */
interface Fence {
  readonly ports: readonly string[]
  readonly addresses: readonly string[]
  readonly directions: readonly ('inbound' | 'outbound')[]
}

export interface Cuts {
  /** Why packets between these nodes cannot be told apart, in a sentence; undefined if they can. */
  cannot(fault: CutFault): string | undefined
  /** @throws if nftables refuses */
  inject(fault: CutFault): Promise<FaultInForce>
  /** Each of them neither sends nor receives anything. @throws if nftables refuses */
  isolate(nodes: readonly NodeName[]): Promise<FaultInForce>
}

/** @param slotOf - the place of a node, which it keeps over restarts */
export function createCuts(hub: Hub, slotOf: (node: NodeName) => number): Cuts {
  let count = 0
  const inject = async (fault: CutFault) => {
    count += 1
    const table = `cut${count}`
    await hub.run('nft', ['-f', '-'], tableOf(table, fencesOf(fault, hub.topology, slotOf)))
    return new Cut(hub, table, wording(fault))
  }
  const cannot = (fault: CutFault) => sharedAcross(fault, hub.topology, slotOf)
  return { cannot, inject, isolate: nodes => inject({ type: 'partition', groups: nodes.map(node => [node]) }) }
}

function fencesOf(fault: CutFault, topology: Topology, slotOf: (node: NodeName) => number): Fence[] {
  if (fault.type === 'one-way') return [fenceOf(fault.nodes.map(slotOf), topology, [fault.direction])]
  // Nodes that no group names are fenced off by the fences of all groups.
  return fault.groups.map(group => fenceOf(group.map(slotOf), topology, ['inbound', 'outbound']))
}

/** A router is on the side of the nodes that share it, where they are all on one. */
function fenceOf(slots: readonly number[], topology: Topology, directions: Fence['directions']): Fence {
  const routers = topology.shared.filter(router => router.slots.every(slot => slots.includes(slot)))
  return {
    ports: [
      ...slots.flatMap(slot => [portOf(slot), shapedPortOf(slot)]),
      ...routers.flatMap(({ insidePort, outsidePort }) => [insidePort, outsidePort])
    ],
    addresses: [
      ...slots.map(slot => topology.placeOf(slot).address),
      ...routers.flatMap(({ inside, outside }) => [gatewayOf(inside), outside.address])
    ],
    directions
  }
}

/**
 * What comes through a router that is shared bears its address, whoever sent it. So nodes that share one are cut from all others
 * together, or some of them among themselves and from all the rest.
 */
function sharedAcross(fault: CutFault, topology: Topology, slotOf: (node: NodeName) => number): string | undefined {
  if (topology.shared.length === 0) return undefined
  const groups = fault.type === 'partition' ? fault.groups : [fault.nodes]
  for (const group of groups) {
    const slots = group.map(slotOf)
    for (const { name, slots: sharing } of topology.shared) {
      const within = slots.filter(slot => sharing.includes(slot)).length
      if (within === 0 || within === sharing.length || within === slots.length) continue
      return `${fault.type}: some nodes of ${listed(group)} share a router (${name}) with nodes of the other side; put all of them on one side`
    }
  }
  return undefined
}

/**
 * A question by ARP goes to all nodes, whoever it asks for. So one that asks for a node on its own side of the fence is dropped
 * without being counted: nobody tried to pass.
 */
function tableOf(table: string, fences: readonly Fence[]): string {
  const sets = fences.flatMap(({ ports, addresses }, i) => [
    `set ports${i} { type ifname; elements = { ${ports.join(', ')} }; }`,
    `set addresses${i} { type ipv4_addr; elements = { ${addresses.join(', ')} }; }`
  ])
  const rules = fences.flatMap(({ directions }, i) =>
    directions.flatMap(direction => {
      const [from, to] = direction === 'outbound' ? ['==', '!='] : ['!=', '==']
      const crossing = `iifname ${from} @ports${i} oifname ${to} @ports${i}`
      return [
        `${crossing} ether type arp arp operation request arp daddr ip ${from} @addresses${i} drop`,
        `${crossing} counter name dropped drop`
      ]
    })
  )
  const chain = ['type filter hook forward priority 0; policy accept;', ...rules].join('\n')
  return `table bridge ${table} {\ncounter dropped { }\n${sets.join('\n')}\nchain passing {\n${chain}\n}\n}\n`
}

class Cut implements FaultInForce {
  readonly #hub: Hub
  readonly #table: string
  readonly #between: string
  #healing: Promise<void> | undefined

  constructor(hub: Hub, table: string, between: string) {
    this.#hub = hub
    this.#table = table
    this.#between = between
  }

  async prove(): Promise<Proof> {
    try {
      const packets = await this.#dropped()
      if (this.#healing !== undefined) return this.#proofOfUndo(packets)
      if (packets === undefined) {
        return { result: 'mismatch', seen: `the rules that cut ${this.#between} are no longer in force` }
      }
      if (packets > 0) return { result: 'confirmed', seen: `${packets} packets dropped between ${this.#between}` }
      return {
        result: 'inconclusive',
        seen: `no packet was sent between ${this.#between}, so the cut stopped nothing; it shows nothing about them`
      }
    } catch (error) {
      return { result: 'inconclusive', seen: `nftables could not be asked: ${(error as Error).message}` }
    }
  }

  undo(): Promise<void> {
    this.#healing ??= this.#heal()
    return this.#healing
  }

  /** One that failed can be tried again. */
  async #heal(): Promise<void> {
    try {
      await this.#hub.run('nft', ['delete', 'table', 'bridge', this.#table])
    } catch (error) {
      this.#healing = undefined
      throw error
    }
  }

  #proofOfUndo(packets: number | undefined): Proof {
    if (packets === undefined) return { result: 'confirmed', seen: `the rules that cut ${this.#between} are gone` }
    return { result: 'mismatch', seen: `the rules that cut ${this.#between} are still in force` }
  }

  /** Undefined if the table is not there. */
  async #dropped(): Promise<number | undefined> {
    try {
      const text = await this.#hub.run('nft', ['-j', 'list', 'counter', 'bridge', this.#table, 'dropped'])
      const { nftables } = JSON.parse(text) as { nftables: { counter?: { packets: number } }[] }
      return nftables.find(({ counter }) => counter !== undefined)?.counter?.packets
    } catch (error) {
      if (error instanceof HubError && error.code === 'refused' && /No such file/.test(error.message)) return undefined
      throw error
    }
  }
}

function wording(fault: CutFault): string {
  if (fault.type === 'partition') {
    const [only, ...more] = fault.groups.map(listed)
    return [only, ...(more.length === 0 ? ['all others'] : more)].join(' | ')
  }
  const nodes = listed(fault.nodes)
  return fault.direction === 'outbound' ? `${nodes} -> all others` : `all others -> ${nodes}`
}
