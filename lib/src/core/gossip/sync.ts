/**
 * Two nodes compare a digest of their books and exchange only what differs.
 *
 * The one that opened the stream sends its digest. The other answers each bucket that differs: with the records, when the
 * bucket is empty over there (a late joiner has the book after one round trip), else with a summary, which the first
 * answers with the records that the other lacks and a wish for those that it lacks itself.
 */
import type { AddressBook } from '../book/address-book.ts'
import { BUCKETS } from '../book/digest.ts'
import { agedEntry } from '../book/entry.ts'
import type { AgedRecord } from '../record/aged-record.ts'
import { compareVersions, type PeerKey, type SignedAnnouncement, type Version } from '../record/announcement.ts'

/** An announcement of a peer, by its number. */
export interface PeerVersion extends Version {
  readonly peer: PeerKey
}

/** One line of a summary. */
export interface SummaryItem extends PeerVersion {
  readonly contentHash: number
  /** The sender knows the peer by hearsay alone. */
  readonly isHearsay: boolean
}

/**
 * Which newcomers of a partner a book would take: `all`; those that the partner vouches for, when the others are refused; or `none`, and
 * then it is told only of peers that it lists. Both are full.
 */
export type Room = 'all' | 'vouched' | 'none'

/** What two partners say to each other over a sync stream. */
export type SyncMessage =
  | DigestMessage
  | SummaryMessage
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
  | ReleaseMessage

/**
 * The sender has more partners than it wants. From the listener: end this link as soon as you can do without. From the dialler:
 * it ends. Answered with the same word.
 */
export interface ReleaseMessage {
  readonly type: 'release'
  /** The connection is to stay: the host of the sender has another use for it, or the sender has no other partner. */
  readonly isNeeded?: true
}

/** One number for each bucket of the sender's book. */
export interface DigestMessage {
  readonly type: 'digest'
  /** What the hashes are mixed with; 0 for none. Chosen for this message: contents that cancel out cannot be made up for it. */
  readonly salt: number
  readonly buckets: Uint32Array
  /** The set of buckets of which the sender knows nobody by hearsay alone: it vouches for what is equal here. */
  readonly sure: Uint8Array
  readonly room: Room
}

/** The sender's entries in some buckets. */
export interface SummaryMessage {
  readonly type: 'summary'
  /** All that the sender has in these is among the items. Other items may be any of its entries. */
  readonly buckets: readonly number[]
  readonly items: readonly SummaryItem[]
}

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
export const MAX_RECORDS_BYTES = 96 * 1024

/** Records in one message. The shortest envelopes have 230 bytes, so that the bound on bytes comes first. */
export const MAX_RECORDS = 512

/** Items in one summary, wish or message of suspicions: about 50 bytes each. */
export const MAX_ITEMS = 1024

/** A longer frame is refused before it is read. */
export const MAX_FRAME_BYTES = 128 * 1024

/** How much of a comparison this node can use. */
export interface Scope {
  /** For newcomers: it asks for nobody whom it would refuse. */
  readonly room: Room
  /** Where one of both is full, no comparison covers the whole book: each begins with a bucket chosen by chance. */
  readonly firstBucket: number
}

/**
 * The answer to a partner's digest. Where neither book is full, all that differs; else a part that is bounded by {@link MAX_ITEMS},
 * since the two will never be equal.
 */
export function answerDigest(
  book: AddressBook,
  partner: PeerKey,
  digest: DigestMessage,
  { room, firstBucket }: Scope,
  nowMs: number
): SyncMessage[] {
  const own = book.digest(partner, digest.salt)
  const isBounded = room !== 'all' || digest.room !== 'all'
  const given: (readonly AgedRecord[])[] = []
  const differing = new Map<number, AgedRecord[]>()
  for (let turn = 0; turn < BUCKETS; turn++) {
    const bucket = (firstBucket + turn) % BUCKETS
    if (own[bucket] === digest.buckets[bucket]) continue
    const records = book.recordsIn(bucket, nowMs, partner)
    const isEmptyThere = digest.buckets[bucket] === 0
    const isCrowded = records.length > MAX_ITEMS && !isBounded
    if (!isEmptyThere) differing.set(bucket, records)
    // Too crowded for a summary: its records go as they are.
    if (isCrowded) given.push(records)
    else if (isEmptyThere) given.push(withRoom(records, digest.room))
  }
  const summaries = isBounded ? summarisePart(differing, room) : summarise(differing)
  // The short ones first: what the partner has of these buckets comes while the records are on their way.
  return [...summaries, ...recordsMessages(given.flat())]
}

/** The answer to a partner's summary: what it lacks, and a wish for what is lacking here. */
export function answerSummary(
  book: AddressBook,
  self: PeerKey,
  partner: PeerKey,
  summary: SummaryMessage,
  room: Room,
  nowMs: number
): SyncMessage[] {
  const others = summary.items.filter(({ peer }) => peer !== self && peer !== partner)
  const theirs = new Map(others.map(item => [item.peer, item]))
  const unnamed = [...new Set(summary.buckets)]
    .flatMap(bucket => book.recordsIn(bucket, nowMs, partner))
    .filter(({ record }) => !theirs.has(record.announcement.peer))
  const newer: AgedRecord[] = []
  const wanted: PeerKey[] = []
  for (const item of theirs.values()) {
    const entry = book.get(item.peer)
    if (entry === undefined) {
      if (hasRoom(room, item.isHearsay) && !book.isGone(item)) wanted.push(item.peer)
    } else if (entry.record.contentHash !== item.contentHash) {
      const order = compareVersions(entry.record.announcement, item)
      if (order >= 0) newer.push(agedEntry(entry, nowMs))
      if (order <= 0) wanted.push(item.peer)
    }
  }
  return [...recordsMessages([...unnamed, ...newer]), ...wantMessages(wanted)]
}

/**
 * The answer to a partner's wish.
 *
 * @param own - what this node says of itself, which may be wished for as well
 */
export function answerWant(
  book: AddressBook,
  own: SignedAnnouncement | undefined,
  peers: readonly PeerKey[],
  nowMs: number
): SyncMessage[] {
  const entries = [...new Set(peers)].map(peer => book.get(peer)).filter(entry => entry !== undefined)
  const records = entries.map(entry => agedEntry(entry, nowMs))
  if (own !== undefined && peers.includes(own.announcement.peer)) records.push({ record: own, ageMs: 0 })
  return recordsMessages(records)
}

/** The whole book, for a newcomer that has not asked. */
export function answerWelcome(book: AddressBook, nowMs: number): SyncMessage[] {
  const buckets = Array.from({ length: BUCKETS }, (_, bucket) => book.recordsIn(bucket, nowMs))
  return recordsMessages(buckets.flat())
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
    if (bytes + envelopeBytes > MAX_RECORDS_BYTES || at - from === MAX_RECORDS) {
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

/** That the sender vouches for these, in as few messages as the bound on a message allows. */
export function vouchMessages(records: readonly AgedRecord[]): SyncMessage[] {
  return chunked(records).map(chunk => ({ type: 'summary', buckets: [], items: chunk.map(summaryItem) }))
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
    for (const aged of records) summary.items.push(summaryItem(aged))
  }
  return summaries
}

/** One summary of as many entries as it may have. It does not claim to be all that a full book has: nothing else is to be given to it. */
function summarisePart(buckets: ReadonlyMap<number, readonly AgedRecord[]>, room: Room): SyncMessage[] {
  const summary = { type: 'summary' as const, buckets: [] as number[], items: [] as SummaryItem[] }
  for (const [bucket, records] of buckets) {
    const left = MAX_ITEMS - summary.items.length
    if (records.length <= left && room === 'all') summary.buckets.push(bucket)
    for (const aged of records.slice(0, left)) summary.items.push(summaryItem(aged))
    if (records.length >= left) break
  }
  return summary.buckets.length + summary.items.length > 0 ? [summary] : []
}

function summaryItem({ record: { announcement, contentHash }, isHearsay = false }: AgedRecord): SummaryItem {
  const { peer, epoch, seq } = announcement
  return { peer, epoch, seq, contentHash, isHearsay }
}

/** Those that a book with this room takes in. */
function withRoom(records: readonly AgedRecord[], room: Room): readonly AgedRecord[] {
  return room === 'all' ? records : records.filter(({ isHearsay = false }) => hasRoom(room, isHearsay))
}

/** Whether a book with this room takes a newcomer in. */
function hasRoom(room: Room, isHearsay: boolean): boolean {
  return room === 'all' || (room === 'vouched' && !isHearsay)
}

function chunked<Item>(items: readonly Item[]): Item[][] {
  const chunks: Item[][] = []
  for (let from = 0; from < items.length; from += MAX_ITEMS) chunks.push(items.slice(from, from + MAX_ITEMS))
  return chunks
}
