/** A libp2p peer without our service, that says whatever a test wants it to say. */
import { type GossipSub, gossipsub } from '@libp2p/gossipsub'
import { type Identify, identify } from '@libp2p/identify'
import type { Libp2p, Stream } from '@libp2p/interface'
import { lpStream } from '@libp2p/utils'
import { multiaddr } from '@multiformats/multiaddr'
import { createLibp2p } from 'libp2p'
import type { Test } from 'tap'
import { DEFAULT_TOPIC, SYNC_PROTOCOL } from '../../src/index.ts'
import { addrOf, type TestNode, transport } from './nodes.ts'

export type Stranger = Libp2p<{ identify: Identify; pubsub: GossipSub }>

export const PROTOCOL = `${SYNC_PROTOCOL}/${DEFAULT_TOPIC}`

export async function startStranger(t: Test): Promise<Stranger> {
  const services = {
    identify: identify(),
    pubsub: gossipsub({ globalSignaturePolicy: 'StrictNoSign', allowPublishToZeroTopicPeers: true })
  }
  const stranger: Stranger = await createLibp2p({ ...transport(), services })
  t.teardown(async () => await stranger.stop())
  return stranger
}

/** A sync stream to the node, on the one connection that they share. */
export async function openSync(
  stranger: Stranger,
  node: TestNode
): Promise<{ stream: Stream; frames: ReturnType<typeof lpStream> }> {
  const connection = await stranger.dial(multiaddr(addrOf(node)))
  const stream = await connection.newStream(PROTOCOL)
  return { stream, frames: lpStream(stream, { maxBufferSize: 2 ** 25 }) }
}
