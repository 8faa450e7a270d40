/** A member of a network that keeps to no rule. */
import type { SyncMessage } from '../../src/core/gossip/sync.ts'
import type { PeerKey } from '../../src/core/record/announcement.ts'
import type { Network } from './network.ts'
import type { Member } from './test-node.ts'

/** Connects to nodes, hears what they say, and says what it likes. */
export class Stranger implements Member {
  readonly peer: PeerKey
  readonly heard: { readonly from: PeerKey; readonly message: SyncMessage }[] = []
  readonly #network: Network

  constructor(network: Network, peer: PeerKey) {
    this.#network = network
    this.peer = peer
  }

  connect(...nodes: readonly PeerKey[]): void {
    for (const node of nodes) this.#network.connect(this.peer, node)
  }

  say(to: PeerKey, message: SyncMessage): void {
    this.#network.send(this.peer, to, message)
  }

  hear(from: PeerKey, message: SyncMessage): void {
    this.heard.push({ from, message })
  }

  take(): void {}

  hearGossip(): void {}
}
