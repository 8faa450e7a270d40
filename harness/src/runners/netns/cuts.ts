/** Packets that the bridge does not hand on: each cut is a table of nftables of its own, so that healing it is exact. */
import type { NodeName } from '../../contract.ts'
import type { CutFault, FaultInForce, Proof } from '../../faults/fault.ts'
import { addressOfSlot, type Hub, HubError, portOf } from './hub.ts'
import { listed } from './shaping/link-faults.ts'
import { shapedPortOf } from './shaping/wires.ts'

/** Packets to (`inbound`) and from (`outbound`) these nodes do not pass between them and all others. */
interface Fence {
  readonly slots: readonly number[]
  readonly directions: readonly ('inbound' | 'outbound')[]
}

export interface Cuts {
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
    await hub.run('nft', ['-f', '-'], tableOf(table, fencesOf(fault, slotOf)))
    return new Cut(hub, table, wording(fault))
  }
  return { inject, isolate: nodes => inject({ type: 'partition', groups: nodes.map(node => [node]) }) }
}

function fencesOf(fault: CutFault, slotOf: (node: NodeName) => number): Fence[] {
  if (fault.type === 'one-way') return [{ slots: fault.nodes.map(slotOf), directions: [fault.direction] }]
  // Nodes that no group names are fenced off by the fences of all groups.
  return fault.groups.map(group => ({ slots: group.map(slotOf), directions: ['inbound', 'outbound'] }))
}

/**
 * A question by ARP goes to all nodes, whoever it asks for. So one that asks for a node on its own side of the fence is dropped
 * without being counted: nobody tried to pass.
 */
function tableOf(table: string, fences: readonly Fence[]): string {
  const sets = fences.flatMap(({ slots }, i) => [
    `set ports${i} { type ifname; elements = { ${slots.flatMap(slot => [portOf(slot), shapedPortOf(slot)]).join(', ')} }; }`,
    `set addresses${i} { type ipv4_addr; elements = { ${slots.map(addressOfSlot).join(', ')} }; }`
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
