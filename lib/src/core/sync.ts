/**
 * Two nodes compare a digest of their books and exchange only what differs.
 *
 * The one that opened the stream sends its digest. The other answers each bucket that differs: with the records, when the
 * bucket is empty over there (a late joiner has the book after one round trip), else with a summary, which the first
 * answers with the records that the other lacks and a wish for those that it lacks itself.
 */
import { type AddressBook, BUCKETS, bucketOf, type DatedRecord } from './address-book.ts'
import { compareVersions, type PeerKey, type SignedAnnouncement, type Version } from './announcement.ts'

/** A record on its way, with the time since it was announced: a relayed record expires when the original would. */
export interface AgedRecord {
  readonly record: SignedAnnouncement
  readonly ageMs: number
}

/** One line of a summary. */
export interface SummaryItem extends Version {
  readonly peer: PeerKey
  readonly contentHash: number
}

/** What two partners say to each other over a sync stream. */
export type SyncMessage =
  | { readonly type: 'digest'; readonly buckets: Uint32Array }
  | { readonly type: 'summary'; readonly buckets: readonly number[]; readonly items: readonly SummaryItem[] }
  | { readonly type: 'want'; readonly peers: readonly PeerKey[] }
  | RecordsMessage
  /** Fresh records, unasked. */
  | { readonly type: 'push'; readonly records: readonly AgedRecord[] }
  /** The partner's push held nothing new: push no more. */
  | { readonly type: 'prune' }
  /** Are you there? Any message is an answer; a pong is the one that says nothing else. */
  | { readonly type: 'ping' }
  | { readonly type: 'pong' }
  /** The peer did not answer since this version of it; `refused` when its host said so. */
  | ({ readonly type: 'suspicion' } & Suspicion)
  /** The sender has more connections than it wants: close this one as soon as you can do without. */
  | { readonly type: 'release' }

/** What the partner lacks, or asked for. */
export interface RecordsMessage {
  readonly type: 'records'
  readonly records: readonly AgedRecord[]
}

/** That a peer is gone, for all that somebody knows. */
export interface Suspicion extends Version {
  readonly peer: PeerKey
  readonly refused: boolean
}

/** Envelopes in one message, in bytes; keeps a frame well under {@link MAX_FRAME_BYTES}. */
const MAX_RECORDS_BYTES = 48 * 1024

/** Items in one summary or wish: about 50 bytes each. */
const MAX_ITEMS = 1024

/** A longer frame is refused before it is read. */
export const MAX_FRAME_BYTES = 128 * 1024

/** The answer to a partner's digest. */
export function answerDigest(book: AddressBook, partner: PeerKey, buckets: Uint32Array, nowMs: number): SyncMessage[] {
  const own = book.digest(partner)
  const empty = new Set<number>()
  const differing = new Set<number>()
  for (let bucket = 0; bucket < BUCKETS; bucket++) {
    if (own[bucket] === buckets[bucket]) continue
    if (buckets[bucket] === 0) empty.add(bucket)
    else differing.add(bucket)
  }
  const { summaries, crowded } = summarise(book, partner, differing)
  const records = book.inBuckets(new Set([...empty, ...crowded])).filter(entry => peerOf(entry) !== partner)
  const farewells = [...book.farewellsIn(differing, nowMs)].map(record => ({ record, ageMs: 0 }))
  return [...recordsMessages([...farewells, ...records.map(entry => agedRecord(entry, nowMs))]), ...summaries]
}

/** The answer to a partner's summary: what it lacks, and a wish for what is lacking here. */
export function answerSummary(
  book: AddressBook,
  self: PeerKey,
  partner: PeerKey,
  summary: Extract<SyncMessage, { type: 'summary' }>,
  nowMs: number
): SyncMessage[] {
  const theirs = new Map(summary.items.map(item => [item.peer, item]))
  const give: AgedRecord[] = []
  for (const entry of book.inBuckets(new Set(summary.buckets))) {
    const peer = peerOf(entry)
    if (peer !== partner && isNewer(entry.record, theirs.get(peer))) give.push(agedRecord(entry, nowMs))
  }
  const want: PeerKey[] = []
  const gone: SyncMessage[] = []
  for (const item of summary.items) {
    if (item.peer === self) continue
    const contradiction = contradict(book, item.peer, item)
    if (contradiction !== undefined) gone.push(contradiction)
    else if (lacks(book, item)) want.push(item.peer)
  }
  return [...recordsMessages(give), ...wantMessages(want), ...gone]
}

/**
 * What a partner that lists this version of a peer has to hear when the peer is gone from this book: its farewell, or that it
 * is suspected, so that it can refute. Without a word the two books would differ until the peer's next announcement.
 */
export function contradict(book: AddressBook, peer: PeerKey, { epoch, seq }: Version): SyncMessage | undefined {
  const last = book.tombstoneOf(peer)?.record
  if (last === undefined || compareVersions(last.announcement, { epoch, seq }) < 0) return undefined
  if (last.announcement.leaving) return { type: 'records', records: [{ record: last, ageMs: 0 }] }
  return { type: 'suspicion', peer, epoch, seq, refused: false }
}

/** The answer to a partner's wish. */
export function answerWant(book: AddressBook, peers: readonly PeerKey[], nowMs: number): SyncMessage[] {
  const entries = [...new Set(peers)].map(peer => book.get(peer)).filter(entry => entry !== undefined)
  return recordsMessages(entries.map(entry => agedRecord(entry, nowMs)))
}

/** Records in as few messages as the bound on a message allows. */
export function recordsMessages(records: readonly AgedRecord[]): RecordsMessage[] {
  return batched(records).map(batch => ({ type: 'records', records: batch }))
}

/** Records in as few parts as the bound on a message allows. */
export function batched(records: readonly AgedRecord[]): (readonly AgedRecord[])[] {
  const batches: (readonly AgedRecord[])[] = []
  let from = 0
  let bytes = 0
  for (let at = 0; at < records.length; at++) {
    const { byteLength } = records[at]!.record.envelope
    if (bytes + byteLength > MAX_RECORDS_BYTES) {
      batches.push(records.slice(from, at))
      from = at
      bytes = 0
    }
    bytes += byteLength
  }
  if (from < records.length) batches.push(from === 0 ? records : records.slice(from))
  return batches
}

/** A wish for these peers, in as few messages as the bound on a message allows. */
export function wantMessages(peers: readonly PeerKey[]): SyncMessage[] {
  const messages: SyncMessage[] = []
  for (let from = 0; from < peers.length; from += MAX_ITEMS) {
    messages.push({ type: 'want', peers: peers.slice(from, from + MAX_ITEMS) })
  }
  return messages
}

/** An entry's record, as old as it is, in whole ms as it travels: never older. */
export function agedRecord({ record, bornAtMs }: DatedRecord, nowMs: number): AgedRecord {
  return { record, ageMs: Math.max(0, Math.floor(nowMs - bornAtMs)) }
}

/** Summaries of the buckets, but for those that are too crowded for one: the records of these go as they are. */
function summarise(
  book: AddressBook,
  partner: PeerKey,
  buckets: ReadonlySet<number>
): { summaries: SyncMessage[]; crowded: number[] } {
  const itemsOf = new Map<number, SummaryItem[]>([...buckets].map(bucket => [bucket, []]))
  for (const { record } of book.inBuckets(buckets)) {
    const { peer, epoch, seq } = record.announcement
    if (peer !== partner) itemsOf.get(bucketOf(peer))!.push({ peer, epoch, seq, contentHash: record.contentHash })
  }
  const summaries: { type: 'summary'; buckets: number[]; items: SummaryItem[] }[] = []
  const crowded: number[] = []
  for (const [bucket, items] of itemsOf) {
    const last = summaries.at(-1)
    if (items.length > MAX_ITEMS) crowded.push(bucket)
    else if (last !== undefined && last.items.length + items.length <= MAX_ITEMS) {
      last.buckets.push(bucket)
      last.items.push(...items)
    } else summaries.push({ type: 'summary', buckets: [bucket], items })
  }
  return { summaries, crowded }
}

function isNewer(record: SignedAnnouncement, theirs: SummaryItem | undefined): boolean {
  if (theirs === undefined) return true
  return theirs.contentHash !== record.contentHash && compareVersions(record.announcement, theirs) >= 0
}

function lacks(book: AddressBook, item: SummaryItem): boolean {
  const own = book.get(item.peer)
  return own?.record.contentHash !== item.contentHash && book.isNews(item.peer, item)
}

function peerOf({ record }: DatedRecord): PeerKey {
  return record.announcement.peer
}
