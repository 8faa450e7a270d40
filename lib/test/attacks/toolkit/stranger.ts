/** A libp2p peer without our service that speaks our protocols as it likes. docs/PROTOCOL.md is all that it knows. */
import { type GossipSub, gossipsub, TopicValidatorResult } from '@libp2p/gossipsub'
import { type Identify, identify } from '@libp2p/identify'
import type { Libp2p, Stream } from '@libp2p/interface'
import { lpStream } from '@libp2p/utils'
import { multiaddr } from '@multiformats/multiaddr'
import { createLibp2p } from 'libp2p'
import * as varint from 'uint8-varint'
import { concat } from 'uint8arrays/concat'
import { DEFAULT_TOPIC, SYNC_PROTOCOL } from '../../../src/index.ts'
import { addrOf, transport, until } from '../../libp2p/nodes.ts'
import { type HeardFrame, heardFrame, pong } from './frames.ts'
import { OPEN_HOST } from './honest.ts'
import { type Identity, identityOf, privateKeyOf } from './identity.ts'
import type { Stopping } from './stopping.ts'

export interface StrangerOptions {
  identity?: Identity
  /** The IPv4 address that it listens on and dials from; one of its own if undefined. */
  ip?: string
  topic?: string
  /** Whether it takes what partners say; else it stops reading when a stream opens. Default true. */
  reads?: boolean
  /** Whether it subscribes to the topic. Default true. */
  gossips?: boolean
  onFrame?: (link: Link, frame: HeardFrame) => void
  onGossip?: (envelope: Uint8Array) => void
  onLink?: (link: Link) => void
}

/** A node of another process. */
export interface Target {
  readonly peer: string
  readonly addr: string
}

/** One sync stream, from the stranger's side. */
export interface Link {
  /** Who is at the other end. */
  readonly peer: string
  readonly stream: Stream
  /** Bytes of frames, without their lengths. */
  readonly bytes: { sent: number; received: number }
  /** How many frames of each kind have come. */
  readonly heard: Record<string, number>
  /** Sends one frame; false when nobody takes it any more, or the way is full for now. */
  send(frame: Uint8Array): boolean
  /** Sends bytes that need not be a frame. */
  sendRaw(bytes: Uint8Array): void
  readonly isOpen: boolean
}

export interface Stranger {
  readonly identity: Identity
  readonly libp2p: Libp2p<{ identify: Identify; pubsub: GossipSub }>
  readonly addr: string
  /** Every link that was ever open. */
  readonly links: Link[]
  /** Dials and opens a sync stream. */
  link(node: Libp2p | Target): Promise<Link>
  /** A link that is open, or else a new one. */
  relink(node: Libp2p | Target): Promise<Link>
  publish(envelope: Uint8Array): Promise<void>
  /** Sends to everybody who is linked. */
  sendAll(frame: Uint8Array): void
  stop(): Promise<void>
}

/** Far more than a liar keeps of what it is told. */
const BUFFER_BYTES = 2 ** 26

export async function startStranger(t: Stopping, options: StrangerOptions = {}): Promise<Stranger> {
  const { identity = identityOf(), ip, topic = DEFAULT_TOPIC, gossips = true, onGossip } = options
  const protocol = `${SYNC_PROTOCOL}/${topic}`
  const pubsub = gossipsub({ globalSignaturePolicy: 'StrictNoSign', allowPublishToZeroTopicPeers: true })
  const libp2p = await createLibp2p({
    ...transport(ip),
    privateKey: await privateKeyOf(identity),
    connectionManager: OPEN_HOST,
    services: { identify: identify(), pubsub }
  })
  const links: Link[] = []
  const took = (stream: Stream, peer: string): Link => {
    const link = linkOver(stream, peer, options)
    links.push(link)
    options.onLink?.(link)
    return link
  }
  await libp2p.handle(protocol, (stream, { remotePeer }) => void took(stream, remotePeer.toString()))
  // It hears everything and hands nothing on: what it does for others, each test says.
  libp2p.services.pubsub.topicValidators.set(topic, (_, { data }) => {
    onGossip?.(data)
    return TopicValidatorResult.Ignore
  })
  if (gossips) libp2p.services.pubsub.subscribe(topic)
  t.teardown(async () => await libp2p.stop())
  const link = async (addr: string): Promise<Link> => {
    const connection = await libp2p.dial(multiaddr(addr))
    return took(await connection.newStream(protocol), connection.remotePeer.toString())
  }
  return {
    identity,
    libp2p,
    addr: addrOf(libp2p),
    links,
    link: async node => await link(targetOf(node).addr),
    async relink(node) {
      const { peer, addr } = targetOf(node)
      return links.find(known => known.isOpen && known.peer === peer) ?? (await link(addr))
    },
    async publish(envelope) {
      await until(() => libp2p.services.pubsub.getSubscribers(topic).length > 0)
      await libp2p.services.pubsub.publish(topic, envelope)
    },
    sendAll(frame) {
      for (const link of links) link.send(frame)
    },
    stop: async () => await libp2p.stop()
  }
}

/** A node of this process, or one apart. */
function targetOf(node: Libp2p | Target): Target {
  return 'addr' in node ? node : { peer: node.peerId.toString(), addr: addrOf(node) }
}

function linkOver(stream: Stream, peer: string, { reads = true, onFrame }: StrangerOptions): Link {
  const link: Link = {
    peer,
    stream,
    bytes: { sent: 0, received: 0 },
    heard: {},
    send(frame) {
      if (stream.status !== 'open' || stream.writableNeedsDrain) return false
      link.bytes.sent += frame.length
      stream.send(concat([varint.encode(frame.length), frame]))
      return true
    },
    sendRaw(bytes) {
      if (stream.status !== 'open') return
      link.bytes.sent += bytes.length
      stream.send(bytes)
    },
    get isOpen() {
      return stream.status === 'open'
    }
  }
  if (reads) void hear(link, onFrame)
  else stream.pause()
  return link
}

/** A patient partner: it answers probes, and says nothing else that it was not made to say. */
async function hear(link: Link, onFrame: StrangerOptions['onFrame']): Promise<void> {
  const frames = lpStream(link.stream, { maxBufferSize: BUFFER_BYTES })
  try {
    for (;;) {
      const bytes = (await frames.read()).subarray()
      const frame = heardFrame(bytes)
      link.bytes.received += bytes.length
      link.heard[frame.kind] = (link.heard[frame.kind] ?? 0) + 1
      if (frame.kind === 'ping') link.send(pong)
      onFrame?.(link, frame)
    }
  } catch {
    // The other side has hung up.
  }
}
