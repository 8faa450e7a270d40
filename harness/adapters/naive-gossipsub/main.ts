/**
 * What most programs on gossipsub do to know each other: each publishes who it is, again and again, and forgets whom it has not
 * heard for a while. Whoever hears of a new peer dials it.
 */
import { type GossipSub, gossipsub } from '@libp2p/gossipsub'
import { identify } from '@libp2p/identify'
import { createLibp2p, type Libp2p } from 'libp2p'
import type { BookEntry } from '../../src/contract.ts'
import type { Book } from '../contract-js/book.ts'
import type { Flags } from '../contract-js/flags.ts'
import { addrsOf, dialEach, transportOf } from '../contract-js/libp2p.ts'
import { type Lines, run, type System } from '../contract-js/run.ts'

const TOPIC = 'naive-announcer'

/** As in the demo of the Rust crate iroh-gossip-discovery, which is this kind of announcer. */
const ANNOUNCE_INTERVAL_MS = 3_000
const TTL_MS = 30_000

/** How often the book is searched for silent peers: a third of the ttl, as in that crate. */
const SEARCHES_PER_TTL = 3

type Node = Libp2p<{ pubsub: GossipSub }>

void run(start)

async function start(flags: Flags, lines: Lines): Promise<System> {
  const node: Node = await createLibp2p({
    ...(await transportOf(flags)),
    services: { identify: identify(), pubsub: gossipsub({ allowPublishToZeroTopicPeers: true }) }
  })
  await node.start()
  const epoch = Date.now()
  const peerId = node.peerId.toString()
  const addrs = addrsOf(node)
  const stopListening = listen(node, lines.book, flags.ttlMs ?? TTL_MS)
  const stopAnnouncing = announce(node, { peerId, name: flags.name, addrs, epoch }, flags, lines)
  dialEach(node, flags.bootstrap)
  return {
    peerId,
    addrs,
    epoch,
    fields: ['name', 'addrs', 'epoch', 'seq'],
    can: ['key'],
    dial: addrs => dialEach(node, addrs),
    async stop() {
      stopAnnouncing()
      stopListening()
      await node.stop()
    }
  }
}

/** From now on, and each interval. */
function announce(node: Node, self: BookEntry, { announceIntervalMs }: Flags, { announced }: Lines): () => void {
  let seq = 0
  const publish = async () => {
    const record = JSON.stringify({ ...self, seq: ++seq })
    const { recipients } = await node.services.pubsub.publish(TOPIC, new TextEncoder().encode(record))
    announced(seq, recipients.length)
  }
  void publish()
  const timer = setInterval(() => void publish(), announceIntervalMs ?? ANNOUNCE_INTERVAL_MS)
  return () => clearInterval(timer)
}

/** Returns what ends it. */
function listen(node: Node, book: Book, ttlMs: number): () => void {
  const heardAtMs = new Map<string, number>()
  const { pubsub } = node.services
  pubsub.addEventListener('gossipsub:message', ({ detail: { msg } }) => {
    if (msg.topic !== TOPIC) return
    const entry: BookEntry = JSON.parse(new TextDecoder().decode(msg.data))
    if (entry.peerId === node.peerId.toString() || !isNewer(entry, book.get(entry.peerId))) return
    if (!book.has(entry.peerId)) dialEach(node, entry.addrs ?? [])
    heardAtMs.set(entry.peerId, Date.now())
    book.put(entry)
  })
  pubsub.subscribe(TOPIC)
  const timer = setInterval(() => {
    for (const [peerId, atMs] of heardAtMs) {
      if (Date.now() - atMs < ttlMs) continue
      heardAtMs.delete(peerId)
      book.remove(peerId, 'expired')
    }
  }, ttlMs / SEARCHES_PER_TTL)
  return () => clearInterval(timer)
}

function isNewer(entry: BookEntry, known: BookEntry | undefined): boolean {
  const [epoch = 0, seq = 0] = [entry.epoch, entry.seq]
  const [knownEpoch = 0, knownSeq = 0] = [known?.epoch, known?.seq]
  return epoch > knownEpoch || (epoch === knownEpoch && seq > knownSeq)
}
