/** Routers that get another public address in mid-run, and forget their connections: what was sent to the former one is lost. */
import type { NodeName } from '../../../contract.ts'
import type { FaultInForce, NatFault, Proof } from '../../../faults/fault.ts'
import { type Hub, HubError } from '../hub.ts'
import { listed } from '../shaping/link-faults.ts'
import type { Topology } from '../topology.ts'
import { OUTSIDE_DEVICE } from './rules.ts'

export interface NatChanges {
  /** Why it cannot be done to these nodes, in a sentence; undefined if it can. */
  cannot(fault: NatFault): string | undefined
  /** @throws if a router cannot be changed */
  inject(fault: NatFault): Promise<FaultInForce>
}

/** @param slotOf - the place of a node, which must be furnished */
export function createNatChanges(hub: Hub, slotOf: (node: NodeName) => number): NatChanges {
  const { topology } = hub
  /** By their names. BOUNDED by the nodes of the run. */
  const routers = new Map<string, ChangingRouter>()
  const routerAt = (slot: number): ChangingRouter | undefined => {
    const name = topology.publicRouterOf(slot)
    if (name === undefined) return undefined
    const known = routers.get(name) ?? new ChangingRouter(hub, name, firstAddressOf(topology, slot))
    routers.set(name, known)
    return known
  }
  let count = 0
  return {
    cannot({ type, nodes }) {
      const open = nodes.filter(node => topology.publicRouterOf(slotOf(node)) === undefined)
      return open.length === 0 ? undefined : `${type}: ${listed(open)} is behind no router; choose nodes that are`
    },
    async inject({ nodes }) {
      count += 1
      const hit = new Set(nodes.flatMap(node => routerAt(slotOf(node)) ?? []))
      const change = new Change(`change${count}`, [...hit], listed(nodes))
      await change.begin()
      return change
    }
  }
}

function firstAddressOf(topology: Topology, slot: number): string {
  const { behind, address } = topology.placeOf(slot)
  return topology.shared.find(({ name }) => name === behind)?.outside.address ?? address
}

/** What is known of a change at one router. */
interface Changed {
  readonly from: string
  readonly to: string
  /** Connections that it knew before, and right after. */
  readonly known: number
  readonly kept: number
}

/** A router, and the addresses that faults in force have given it. */
class ChangingRouter {
  readonly name: string
  readonly #hub: Hub
  readonly #first: string
  /** The last one is in use. BOUNDED by the faults in force. */
  readonly #given: { readonly table: string; readonly address: string }[] = []
  #turn: Promise<unknown> = Promise.resolve()

  constructor(hub: Hub, name: string, first: string) {
    this.#hub = hub
    this.name = name
    this.#first = first
  }

  get address(): string {
    return this.#given.at(-1)?.address ?? this.#first
  }

  /** Counts from there on what leaves under the new address, in a table of that name. */
  change(table: string): Promise<Changed> {
    return this.#next(async () => {
      const address = this.#hub.topology.nextAddress()
      const changed = await this.#move(this.address, address, countingTable(table, address))
      this.#given.push({ table, address })
      return changed
    })
  }

  /** The address of that change is no longer used. */
  undo(table: string): Promise<void> {
    return this.#next(async () => {
      const index = this.#given.findIndex(given => given.table === table)
      if (index === -1) return
      const { address } = this.#given[index]!
      const before = this.#given[index - 1]?.address ?? this.#first
      if (address === this.address) await this.#move(address, before)
      this.#given.splice(index, 1)
      await this.#hub.script(this.name, `"$2" delete table ip ${table}`)
    })
  }

  /** Undefined if nothing counts any more. */
  async sentSince(table: string): Promise<number | undefined> {
    try {
      const text = await this.#hub.script(this.name, `"$2" -j list counter ip ${table} sent`)
      const { nftables } = JSON.parse(text) as { nftables: { counter?: { packets: number } }[] }
      return nftables.find(({ counter }) => counter !== undefined)?.counter?.packets
    } catch (error) {
      if (error instanceof HubError && error.code === 'refused' && /No such file/.test(error.message)) return undefined
      throw error
    }
  }

  /** Whether the kernel says that it has the address that it should have. */
  async hasItsAddress(): Promise<boolean> {
    const text = await this.#hub.run('ip', ['-n', this.name, '-4', '-o', 'address', 'show', 'dev', OUTSIDE_DEVICE])
    return text.includes(` ${this.address}/`)
  }

  /** Deleting an address makes the kernel forget the connections that were translated to it, a moment later. */
  async #move(from: string, to: string, table = ''): Promise<Changed> {
    const { prefixLength } = this.#hub.topology.outside
    const printed = await this.#hub.script(
      this.name,
      `known() { cat /proc/sys/net/netfilter/nf_conntrack_count; }
known
"$1" address del ${from}/${prefixLength} dev ${OUTSIDE_DEVICE}
for look in 1 2 3 4 5 6 7 8 9 10; do
  [ "$(known)" = 0 ] && break
  sleep 0.1
done
known
"$1" address add ${to}/${prefixLength} dev ${OUTSIDE_DEVICE}
"$2" -f - <<END
${table}
END`
    )
    const [known = 0, kept = 0] = printed.trim().split('\n').map(Number)
    return { from, to, known, kept }
  }

  /** One change at a time. */
  #next<T>(act: () => Promise<T>): Promise<T> {
    const done = this.#turn.then(act)
    this.#turn = done.catch(() => {})
    return done
  }
}

function countingTable(table: string, address: string): string {
  return `table ip ${table} {
counter sent { }
chain leaving {
type filter hook postrouting priority 300; policy accept;
oifname "${OUTSIDE_DEVICE}" ip saddr ${address} counter name sent
}
}`
}

/** One fault. */
class Change implements FaultInForce {
  readonly #table: string
  readonly #routers: readonly ChangingRouter[]
  readonly #nodes: string
  #changes: readonly Changed[] = []
  #healing: Promise<void> | undefined

  constructor(table: string, routers: readonly ChangingRouter[], nodes: string) {
    this.#table = table
    this.#routers = routers
    this.#nodes = nodes
  }

  /** All of them, or none. */
  async begin(): Promise<void> {
    const changes = await Promise.allSettled(this.#routers.map(router => router.change(this.#table)))
    const failed = changes.find(({ status }) => status === 'rejected')
    if (failed?.status === 'rejected') {
      await this.undo()
      throw failed.reason
    }
    this.#changes = changes.flatMap(change => (change.status === 'fulfilled' ? [change.value] : []))
  }

  async prove(): Promise<Proof> {
    try {
      const right = await Promise.all(this.#routers.map(router => router.hasItsAddress()))
      const wrong = this.#routers.filter((_, index) => !right[index])
      if (wrong.length > 0) {
        const expected = wrong.map(({ name, address }) => `${name} ${address}`).join(', ')
        return { result: 'mismatch', seen: `these routers have not the address that they should have: ${expected}` }
      }
      const sent = await Promise.all(this.#routers.map(router => router.sentSince(this.#table)))
      return this.#healing === undefined ? this.#proofOfChange(sent) : this.#proofOfUndo(sent)
    } catch (error) {
      return { result: 'inconclusive', seen: `the routers could not be looked at: ${(error as Error).message}` }
    }
  }

  undo(): Promise<void> {
    // One that failed can be tried again.
    this.#healing ??= Promise.all(this.#routers.map(router => router.undo(this.#table))).then(
      () => {},
      error => {
        this.#healing = undefined
        throw error
      }
    )
    return this.#healing
  }

  #proofOfChange(sent: readonly (number | undefined)[]): Proof {
    const [first] = this.#changes
    const more = this.#changes.length > 1 ? `, and so on at ${this.#changes.length} routers` : ''
    const change = `${this.#nodes}: public address ${first?.to} in place of ${first?.from}${more}`
    if (sent.includes(undefined)) return { result: 'mismatch', seen: `${change}; what counted their packets is gone` }
    const known = sum(this.#changes.map(each => each.known))
    const kept = sum(this.#changes.map(each => each.kept))
    const packets = sum(sent)
    const seen = `${change}; ${known - kept} of ${known} connections forgotten, ${packets} packets sent under the new address`
    if (known > 0 && kept >= known) return { result: 'mismatch', seen }
    return { result: sent.every(count => (count ?? 0) > 0) ? 'confirmed' : 'inconclusive', seen }
  }

  #proofOfUndo(sent: readonly (number | undefined)[]): Proof {
    if (sent.some(count => count !== undefined)) {
      return { result: 'mismatch', seen: `the new public address of ${this.#nodes} is still counted` }
    }
    const [first] = this.#routers
    const more = this.#routers.length > 1 ? `, and so on at ${this.#routers.length} routers` : ''
    return { result: 'confirmed', seen: `${this.#nodes}: public address ${first?.address} again${more}` }
  }
}

function sum(counts: readonly (number | undefined)[]): number {
  return counts.reduce<number>((total, count) => total + (count ?? 0), 0)
}
