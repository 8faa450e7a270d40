/** A stranger that is in every book, is linked to whom it likes, and knows what it hears: as good a position as there is for lies. */
import type { Test } from 'tap'
import { type TestNode, until } from '../../libp2p/nodes.ts'
import { records, type Suspected, suspicions } from './frames.ts'
import { lists } from './honest.ts'
import { recordOf } from './identity.ts'
import { Ledger } from './ledger.ts'
import { type Link, type Stranger, type StrangerOptions, startStranger } from './stranger.ts'

export interface Liar extends Stranger {
  readonly ledger: Ledger
  /** Its own record, with the address where it listens. */
  record(seq?: number): Uint8Array
}

/** Linked to each of these nodes, and listed by them. */
export async function startLiar(t: Test, nodes: readonly TestNode[], options: StrangerOptions = {}): Promise<Liar> {
  const ledger = new Ledger()
  const stranger = await startStranger(t, {
    ...options,
    onFrame: (link, frame) => {
      ledger.hearFrame(frame)
      options.onFrame?.(link, frame)
    },
    onGossip: envelope => {
      ledger.hear(envelope)
      options.onGossip?.(envelope)
    }
  })
  const epoch = Date.now()
  const ownAddr = stranger.addr.split('/p2p/')[0]!
  const record = (seq = 1): Uint8Array =>
    recordOf(stranger.identity, {
      epoch,
      seq,
      name: 'liar',
      addrs: [ownAddr],
      ...(options.topic !== undefined && { topic: options.topic })
    })
  for (const node of nodes) (await stranger.link(node)).send(records([record()]))
  await until(() => nodes.every(node => lists(node, stranger.identity)))
  return Object.assign(stranger, { ledger, record })
}

export interface Lie {
  /** Whom it is about; multihashes of the peers. */
  readonly about: readonly string[]
  /** Added to the newest number that was heard. */
  readonly ahead?: number
  readonly refused?: boolean
  readonly leftMs?: number
}

/** One frame of so many suspicions, of one victim after the other. */
export function lies(
  { ledger }: Liar,
  { about, ahead = 0, refused = true, leftMs = 0 }: Lie,
  count: number
): Uint8Array {
  const known = about.flatMap(peer => ledger.newest.get(peer) ?? [])
  const suspects = Array.from({ length: known.length > 0 ? count : 0 }, (_, n): Suspected => {
    const { multihash, epoch, seq } = known[n % known.length]!
    return { peer: multihash, epoch, seq: Math.max(0, seq + ahead), refused, leftMs }
  })
  return suspicions(suspects)
}

/** Links that were cut are opened again: a liar does not give up. */
export async function stayLinked(liar: Liar, nodes: readonly TestNode[]): Promise<Link[]> {
  const links: Link[] = []
  for (const node of nodes) {
    const link = await liar.relink(node).catch(() => undefined)
    if (link !== undefined) links.push(link)
  }
  return links
}
