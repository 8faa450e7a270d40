import { seededRandom } from '@gossip-discovery/libp2p/core'
import { type IssuedRecord, Issuer } from '../../src/simulation/host/issuer.ts'
import type { NodeProcess } from '../../src/simulation/host/node-process.ts'
import type { ConnectionEnd } from '../../src/simulation/net/connection.ts'
import { type GossipControl, GossipMessage } from '../../src/simulation/net/gossip-message.ts'
import { Gossipsub } from '../../src/simulation/net/gossipsub.ts'

/** One node, its peers numbered from 1; what it sends is kept. */
export class GossipNode {
  nowMs = 1_000
  isNews = true
  readonly gossip: Gossipsub
  readonly copies: { to: number; message: GossipMessage }[] = []
  readonly #controls: { to: number; control: GossipControl }[] = []
  readonly #ends = new Map<number, ConnectionEnd>()
  #beat = () => {}

  constructor() {
    const node = this
    const process = {
      index: 0,
      world: { machines: { length: 50 } },
      driver: { takeGossip: () => node.isNews },
      timer: (_: number, fire: () => void) => {
        node.#beat = fire
      },
      get nowMs() {
        return node.nowMs
      }
    }
    this.gossip = new Gossipsub(process as unknown as NodeProcess, seededRandom(1))
    this.gossip.start()
  }

  /** Peers that have subscribed, half of them dialled from here. */
  connect(count: number): void {
    for (let peer = 1; peer <= count; peer++) this.add(peer, { isDialler: peer % 2 === 0 })
  }

  add(peer: number, { isDialler = true, isSubscribed = true }): void {
    const end = {
      isDialler,
      remote: { index: peer, machine: { peer: `peer-${peer}` } },
      send: (control: GossipControl) => this.#controls.push({ to: peer, control }),
      sendCopy: (message: GossipMessage) => this.copies.push({ to: peer, message })
    } as unknown as ConnectionEnd
    this.#ends.set(peer, end)
    this.gossip.addPeer(end)
    this.gossip.canSend(end)
    if (isSubscribed) this.receive(peer, { type: 'subscribe' })
  }

  receive(from: number, control: GossipControl): void {
    this.gossip.receiveControl(control, this.#ends.get(from)!)
  }

  receiveCopy(from: number, message: GossipMessage): void {
    message.claim(0, this.nowMs)
    this.gossip.receiveCopy(message, this.#ends.get(from)!)
  }

  heartbeat(): void {
    this.nowMs += 1
    this.#beat()
  }

  /** To whom it has sent this. */
  sent(type: GossipControl['type']): number[] {
    return this.#controls.filter(({ control }) => control.type === type).map(({ to }) => to)
  }

  clear(): void {
    this.#controls.length = 0
  }
}

export function record(): IssuedRecord {
  const content = { name: 'a', addrs: [], metadata: new Map() }
  return new Issuer({ index: 1, peer: 'peer-2' }).sign(
    { ...content, peer: 'peer-2', epoch: 1, seq: 1, ttlMs: 30_000, leaving: false },
    0
  )
}

export function message(): GossipMessage {
  return new GossipMessage(record(), 50, 0)
}
