/** Honest nodes of this process, and what becomes of live entries in their books. */
import { peerIdFromString } from '@libp2p/peer-id'
import type { Test } from 'tap'
import type { DiscoveredPeer } from '../../../src/index.ts'
import { addrOf, allList, type NodeOptions, startNode, type TestNode, until } from '../../libp2p/nodes.ts'

/** An entry that went out of a book. */
export interface Gone {
  readonly atMs: number
  readonly how: 'left' | 'expired' | 'evicted'
  /** Peer id of the node whose book it was. */
  readonly book: string
  /** Peer id of the entry. */
  readonly peer: string
}

/** As our node program has it: a record carries its own signature. */
export const NO_SIGN = { globalSignaturePolicy: 'StrictNoSign', allowPublishToZeroTopicPeers: true } as const

/** What libp2p itself would refuse is no test of what stands above it: many connections from one address, and at once. */
export const OPEN_HOST = {
  inboundConnectionThreshold: 10_000,
  maxIncomingPendingConnections: 1_000,
  maxConnections: 2_000
} as const

export async function startHonest(t: Test, options: NodeOptions = {}): Promise<TestNode> {
  const { host, ...rest } = options
  return await startNode(t, { pubsub: NO_SIGN, ...rest, host: { connectionManager: OPEN_HOST, ...host } })
}

/** A network in which everybody lists everybody. The first is the bootstrap peer of the others. */
export async function startNetwork(t: Test, size: number, options: NodeOptions = {}): Promise<TestNode[]> {
  const first = await startHonest(t, { name: 'n0', ...options })
  const nodes = [first]
  while (nodes.length < size) {
    const name = `n${nodes.length}`
    nodes.push(await startHonest(t, { ...options, name, bootstrapPeers: [addrOf(first)] }))
  }
  await until(
    () => allList(...nodes),
    () => nodes.map(node => node.services.discovery.addressBook.size)
  )
  return nodes
}

/** Whatever goes out of these books from now on; the array grows. */
export function goneFrom(...nodes: TestNode[]): Gone[] {
  const gone: Gone[] = []
  for (const node of nodes) {
    const { addressBook } = node.services.discovery
    for (const how of ['left', 'expired', 'evicted'] as const) {
      addressBook.addEventListener(how, ({ detail }) => {
        const [book, peer] = [node.peerId.toString(), detail.peerId.toString()]
        gone.push({ atMs: performance.now(), how, book, peer })
      })
    }
  }
  return gone
}

/** Of what has gone, the entries of these nodes, which live. */
export function liveOnes(gone: readonly Gone[], ...live: { peerId: { toString(): string } }[]): Gone[] {
  const peers = new Set(live.map(({ peerId }) => peerId.toString()))
  return gone.filter(({ peer }) => peers.has(peer))
}

/** Whether the node's book lists the peer, of whom only the text may be known. */
export function lists(node: TestNode, { peer }: { peer: string }): boolean {
  return entryOf(node, { peer }) !== undefined
}

export function entryOf(node: TestNode, { peer }: { peer: string }): DiscoveredPeer | undefined {
  return node.services.discovery.addressBook.get(peerIdFromString(peer))
}

/** Whether the node has an open sync stream with the peer. */
export function areLinked(node: TestNode, peer: string): boolean {
  return node
    .getConnections()
    .some(
      ({ remotePeer, streams }) =>
        remotePeer.toString() === peer &&
        streams.some(({ protocol, status }) => protocol.startsWith('/gossip-discovery/') && status === 'open')
    )
}

/** Counts the sync streams that there are between these nodes, each once, whenever it is made to look. */
export function streamsBetween(nodes: readonly TestNode[]): { look(): void; count(): number } {
  const seen = new WeakSet<object>()
  let streams = 0
  return {
    look() {
      const peers = new Set(nodes.map(({ peerId }) => peerId.toString()))
      const connections = nodes
        .flatMap(node => node.getConnections())
        .filter(({ direction }) => direction === 'outbound')
      for (const { remotePeer, streams: open } of connections) {
        if (!peers.has(remotePeer.toString())) continue
        for (const stream of open) {
          if (!stream.protocol.startsWith('/gossip-discovery/') || seen.has(stream)) continue
          seen.add(stream)
          streams++
        }
      }
    },
    count: () => streams
  }
}

/** Which of these peers the node has an open sync stream with. */
export function partnersAmong(node: TestNode, peers: Iterable<string>): string[] {
  return [...peers].filter(peer => areLinked(node, peer))
}

/** What the service warns of, by code; the array grows. */
export function warningsOf(node: TestNode): string[] {
  const codes: string[] = []
  const target: EventTarget = node.services.discovery
  target.addEventListener('warning', event => codes.push((event as CustomEvent<{ code: string }>).detail.code))
  return codes
}

/** Share of time, from 0 to 1, in which the book listed the peer; from this call to that of the function that it returns. */
export function listedShare(node: TestNode, peer: TestNode['peerId']): () => number {
  const { addressBook } = node.services.discovery
  const fromMs = performance.now()
  let sinceMs = addressBook.has(peer) ? fromMs : undefined
  let listedMs = 0
  const changed = (): void => {
    const nowMs = performance.now()
    if (sinceMs !== undefined) listedMs += nowMs - sinceMs
    sinceMs = addressBook.has(peer) ? nowMs : undefined
  }
  for (const type of ['joined', 'left', 'expired', 'evicted'] as const) addressBook.addEventListener(type, changed)
  return () => {
    changed()
    return listedMs / (performance.now() - fromMs)
  }
}
