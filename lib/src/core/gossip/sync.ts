/**
 * Two nodes compare a digest of their books and exchange only what differs.
 *
 * The one that opened the stream sends its digest. The other answers each bucket that differs: with the records, when the
 * bucket is empty over there (a late joiner has the book after one round trip), else with a summary, which the first
 * answers with the records that the other lacks and a wish for those that it lacks itself.
 */
import type { AddressBook } from '../book/address-book.ts'
import { BUCKETS } from '../book/digest.ts'
import { type AgedRecord, agedRecord } from '../record/aged-record.ts'
import { compareVersions, type PeerKey, type SignedAnnouncement, type Version } from '../record/announcement.ts'

/** An announcement of a peer, by its number. */
export interface PeerVersion extends Version {
  readonly peer: PeerKey
}

/** One line of a summary. */
export interface SummaryItem extends PeerVersion {
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
  | { readonly type: 'suspicions'; readonly suspicions: readonly Suspicion[] }
  /** The sender has more connections than it wants: close this one as soon as you can do without. */
  | { readonly type: 'release' }

/** What the partner lacks, or asked for. */
export interface RecordsMessage {
  readonly type: 'records'
  readonly records: readonly AgedRecord[]
}

/** That a peer is gone, for all that somebody knows: it has not answered since this version of it; `refused` when its host said so. */
export interface Suspicion extends PeerVersion {
  readonly refused: boolean
  /** Time that the sender's own entry has left; 0 where it has no evidence, has only heard of it, and wants the peer to be asked. */
  readonly leftMs: number
}

/**
 * Envelopes in one message, in bytes; keeps a frame under {@link MAX_FRAME_BYTES}. Some 330 records: to verify them takes 50 ms, and
 * half as many frames cost a host of many nodes a tenth less than 48 KiB did.
 */
const MAX_RECORDS_BYTES = 96 * 1024

/** Items in one summary, wish or message of suspicions: about 50 bytes each. */
const MAX_ITEMS = 1024

/** A longer frame is refused before it is read. */
export const MAX_FRAME_BYTES = 128 * 1024

/** The answer to a partner's digest. */
export function answerDigest(book: AddressBook, partner: PeerKey, buckets: Uint32Array, nowMs: number): SyncMessage[] {
  const own = book.digest(partner)
  const given: AgedRecord[][] = []
  const differing = new Map<number, AgedRecord[]>()
  for (let bucket = 0; bucket < BUCKETS; bucket++) {
    if (own[bucket] === buckets[bucket]) continue
    const records = book.recordsIn(bucket, nowMs, partner)
    const isEmptyThere = buckets[bucket] === 0
    if (!isEmptyThere) differing.set(bucket, records)
    // Too crowded for a summary: its records go as they are.
    if (isEmptyThere || records.length > MAX_ITEMS) given.push(records)
  }
  const farewells = book.farewellsIn([...differing.keys()], nowMs)
  return [...recordsMessages(farewells.concat(...given)), ...summarise(differing)]
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
  const own = [...new Set(summary.buckets)].flatMap(bucket => book.recordsIn(bucket, nowMs, partner))
  const give = own.filter(({ record }) => isNewer(record, theirs.get(record.announcement.peer)))
  const others = summary.items.filter(({ peer }) => peer !== self)
  const wanted = others.filter(item => !isGone(book, item) && lacks(book, item))
  return [...recordsMessages(give), ...wantMessages(wanted.map(({ peer }) => peer)), ...contradict(book, others)]
}

/**
 * What a partner that lists these has to hear of those that are gone from this book: a farewell, or that the peer is suspected,
 * so that it can refute. Without a word the two books would differ until the peer's next announcement.
 */
export function contradict(book: AddressBook, listed: readonly PeerVersion[]): SyncMessage[] {
  if (book.tombstones === 0) return []
  const farewells: AgedRecord[] = []
  const suspicions: Suspicion[] = []
  for (const { peer, epoch, seq } of listed.filter(item => isGone(book, item))) {
    const { record } = book.tombstoneOf(peer)!
    if (record.announcement.leaving) farewells.push({ record, ageMs: 0 })
    else suspicions.push({ peer, epoch, seq, refused: false, leftMs: 0 })
  }
  return [...recordsMessages(farewells), ...suspicionMessages(suspicions)]
}

/** The answer to a partner's wish. */
export function answerWant(book: AddressBook, peers: readonly PeerKey[], nowMs: number): SyncMessage[] {
  const entries = [...new Set(peers)].map(peer => book.get(peer)).filter(entry => entry !== undefined)
  return recordsMessages(entries.map(({ record, bornAtMs }) => agedRecord(record, bornAtMs, nowMs)))
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
    const { envelopeBytes } = records[at]!.record
    if (bytes + envelopeBytes > MAX_RECORDS_BYTES) {
      batches.push(records.slice(from, at))
      from = at
      bytes = 0
    }
    bytes += envelopeBytes
  }
  if (from < records.length) batches.push(from === 0 ? records : records.slice(from))
  return batches
}

/** A wish for these peers, in as few messages as the bound on a message allows. */
export function wantMessages(peers: readonly PeerKey[]): SyncMessage[] {
  return chunked(peers).map(chunk => ({ type: 'want', peers: chunk }))
}

/** Suspicions in as few messages as the bound on a message allows. */
export function suspicionMessages(suspicions: readonly Suspicion[]): SyncMessage[] {
  return chunked(suspicions).map(chunk => ({ type: 'suspicions', suspicions: chunk }))
}

/** Summaries of the buckets, but for those that are too crowded for one. */
function summarise(buckets: ReadonlyMap<number, readonly AgedRecord[]>): SyncMessage[] {
  const summaries: { type: 'summary'; buckets: number[]; items: SummaryItem[] }[] = []
  for (const [bucket, records] of buckets) {
    if (records.length > MAX_ITEMS) continue
    let summary = summaries.at(-1)
    if (summary === undefined || summary.items.length + records.length > MAX_ITEMS) {
      summary = { type: 'summary', buckets: [], items: [] }
      summaries.push(summary)
    }
    summary.buckets.push(bucket)
    for (const { record } of records) summary.items.push(summaryItem(record))
  }
  return summaries
}

function summaryItem({ announcement: { peer, epoch, seq }, contentHash }: SignedAnnouncement): SummaryItem {
  return { peer, epoch, seq, contentHash }
}

function chunked<Item>(items: readonly Item[]): Item[][] {
  const chunks: Item[][] = []
  for (let from = 0; from < items.length; from += MAX_ITEMS) chunks.push(items.slice(from, from + MAX_ITEMS))
  return chunks
}

/** Whether the peer is buried here under this version of it, or a newer one. */
function isGone(book: AddressBook, { peer, epoch, seq }: PeerVersion): boolean {
  if (book.tombstones === 0) return false
  const last = book.tombstoneOf(peer)?.record.announcement
  return last !== undefined && compareVersions(last, { epoch, seq }) >= 0
}

function isNewer(record: SignedAnnouncement, theirs: SummaryItem | undefined): boolean {
  if (theirs === undefined) return true
  return theirs.contentHash !== record.contentHash && compareVersions(record.announcement, theirs) >= 0
}

function lacks(book: AddressBook, item: SummaryItem): boolean {
  const known = book.lastOf(item.peer)
  if (known === undefined) return true
  const isListed = known.contentHash === item.contentHash && book.has(item.peer)
  return !isListed && compareVersions(item, known.announcement) >= 0
}
