/** Questions to a node that has much to tell, asked under one peer id after the other; and what they come to. */
import { multiaddr } from '@multiformats/multiaddr'
import { until } from '../../libp2p/nodes.ts'
import { type NodeApart, SINK, startApart } from './apart.ts'
import { passing } from './duration.ts'
import { bookOf, startFeeder } from './feeder.ts'
import { digest, emptySummary } from './frames.ts'
import type { Stopping } from './stopping.ts'
import { type Link, startStranger } from './stranger.ts'

/** All askers have this address: they are of one group. */
const IP = '127.99.1.1'

/** Time for the answers. */
const ROUND_MS = 50

/** Whoever is sent one of these has the whole book to tell. */
export const questions: readonly Uint8Array[] = [emptySummary(), digest(1), digest(0)]
const QUESTIONS_A_ROUND = 10

/** As a frame full of records. */
const PIECE_BYTES = 96 * 1024

/** Bytes of frames, seen from those who ask. */
export interface Traffic {
  sent: number
  received: number
}

/** A node apart with so many entries that nobody can dial. */
export async function startFull(t: Stopping, entries: number): Promise<NodeApart> {
  const feeder = await startFeeder(t, bookOf(entries).envelopes)
  const node = await startApart(t, { name: 'victim', bootstrapPeers: [feeder.addr] })
  await until(() => node.book.size >= entries)
  return node
}

/** Connects and asks for everything, so many times, each time under a fresh peer id. */
export async function askAnew(t: Stopping, node: NodeApart, rounds: number): Promise<Traffic> {
  return await linkAnew(t, node, rounds, async link => {
    for (let n = 0; n < QUESTIONS_A_ROUND; n++) link.send(questions[n % questions.length]!)
    await passing(ROUND_MS)
  })
}

/** Links so many times, each time under a fresh peer id, all from one address; returns what went over all links. */
export async function linkAnew(
  t: Stopping,
  node: NodeApart,
  rounds: number,
  act: (link: Link, round: number) => Promise<unknown>
): Promise<Traffic> {
  const links: Link[] = []
  for (let round = 0; round < rounds; round++) {
    const stranger = await startStranger(t, { ip: IP, gossips: false })
    const link = await stranger.link(node).catch(() => undefined)
    if (link !== undefined) {
      links.push(link)
      await act(link, round)
    }
    await stranger.stop()
  }
  return trafficOf(links)
}

/** What one connection costs the node in processor time, whatever comes over it: that is libp2p's. */
export async function connectionCpuMs(t: Stopping, node: NodeApart, rounds: number): Promise<number> {
  const cpuMs = await cpuOf(node, async () => {
    for (let round = 0; round < rounds; round++) {
      const stranger = await startStranger(t, { ip: IP, gossips: false })
      await stranger.libp2p.dial(multiaddr(node.addr))
      await passing(ROUND_MS)
      await stranger.stop()
    }
  })
  return cpuMs / rounds
}

/** What a byte costs the node in processor time, whatever it says: that is libp2p's. */
export async function byteCpuMs(t: Stopping, node: NodeApart, bytes: number): Promise<number> {
  const stranger = await startStranger(t, { ip: IP, gossips: false })
  const connection = await stranger.libp2p.dial(multiaddr(node.addr))
  const stream = await connection.newStream(SINK)
  const piece = new Uint8Array(PIECE_BYTES)
  const cpuMs = await cpuOf(node, async () => {
    for (let sent = 0; sent < bytes; sent += PIECE_BYTES) {
      while (stream.writableNeedsDrain) await passing(1)
      stream.send(piece)
    }
    await until(() => stream.writeBufferLength === 0)
  })
  await stranger.stop()
  return cpuMs / bytes
}

export function trafficOf(links: readonly Link[]): Traffic {
  const traffic = { sent: 0, received: 0 }
  for (const { bytes } of links) {
    traffic.sent += bytes.sent
    traffic.received += bytes.received
  }
  return traffic
}

/** Processor time that a node takes while something is done to it. */
export async function cpuOf(node: NodeApart, work: () => Promise<unknown>): Promise<number> {
  const before = await node.usage()
  await work()
  return (await node.usage()).cpuMs - before.cpuMs
}
