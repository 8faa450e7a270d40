/** What a book holds of one peer. */
import type { Group } from '../bounds/group.ts'
import { type AgedRecord, agedRecord } from '../record/aged-record.ts'
import { type Announcement, compareVersions, type PeerKey, type SignedAnnouncement } from '../record/announcement.ts'

/**
 * How a node came to know a peer, from the cheapest to make up to the dearest. A full book gives up what stands lower for what
 * stands higher.
 */
export const STANDING = {
  /** Nobody vouches for the peer: a partner that this node did not choose says so, or one that knows it by hearsay itself. */
  hearsay: 0,
  /** The peer connected to this node and said so itself: an identity costs a handshake. */
  firstHand: 1,
  /** A partner of this node's own choice vouches for the peer: it knows it by more than hearsay. */
  confirmed: 2,
  /** This node chose the peer and has reached it. */
  reached: 3
} as const

/** One of {@link STANDING}. */
export type Standing = (typeof STANDING)[keyof typeof STANDING]

/** Who handed a record on, and what that is worth. */
export interface Source {
  /** The partner; undefined if nobody stood between. */
  readonly forwarder: PeerKey | undefined
  /** Of the forwarder's connection. */
  readonly group: Group
  readonly standing: Standing
}

/** Nobody in particular. */
export const HEARSAY: Source = { forwarder: undefined, group: '', standing: STANDING.hearsay }

/** The subject itself, as if this node had asked it. */
export const REACHED: Source = { forwarder: undefined, group: '', standing: STANDING.reached }

/** Of a forwarder: what the subject says itself is no hearsay, and what a forwarder has heard itself is. */
export function sourceFor(source: Source, peer: PeerKey, isHearsay: boolean): Source {
  if (source.forwarder === peer) return firstHandOf(source, peer)
  return isHearsay ? asHearsay(source) : source
}

/** Of a forwarder that is the subject: it is connected, and says so itself. */
export function firstHandOf(source: Source, peer: PeerKey): Source {
  if (source.forwarder !== peer) return source
  return { ...source, standing: source.standing === STANDING.hearsay ? STANDING.firstHand : STANDING.reached }
}

/** The same source, of what it has only heard. */
export function asHearsay(source: Source): Source {
  return source.standing === STANDING.hearsay ? source : { ...source, standing: STANDING.hearsay }
}

/** A peer in the book, with the best source that there was for it. */
export interface AddressBookEntry extends Source {
  readonly record: SignedAnnouncement
  /** When the record was announced, in this node's time: its arrival less the age that it came with. */
  readonly bornAtMs: number
  /** When the entry expires if nothing newer comes. */
  readonly expiresAtMs: number
}

/** What the book itself has to know besides. Entries never change: a store replaces them. */
export interface Entry extends AddressBookEntry {
  /** When this version of the record came to this node for the first time. */
  readonly arrivedAtMs: number
  /** Grows with every peer that the book lists: the entry with the greater number is the newer one. */
  readonly order: number
}

/**
 * An entry stays for so long whatever age its record came with. An age is only a forwarder's claim: a liar that is first with
 * every heartbeat must leave time for an honest copy to come.
 */
const MIN_STAY_MS = 2_000

/** When a record expires that nobody suspects. */
export function expiryOf({ announcement }: SignedAnnouncement, bornAtMs: number, arrivedAtMs: number): number {
  const { ttlMs } = announcement
  return Math.max(bornAtMs + ttlMs, arrivedAtMs + Math.min(MIN_STAY_MS, ttlMs))
}

/** The entry of a peer that is listed from now on. */
export function newEntry(
  record: SignedAnnouncement,
  nowMs: number,
  ageMs: number,
  { forwarder, group, standing }: Source,
  order: number
): Entry {
  const bornAtMs = nowMs - ageMs
  const expiresAtMs = expiryOf(record, bornAtMs, nowMs)
  return { record, bornAtMs, expiresAtMs, arrivedAtMs: nowMs, forwarder, group, standing, order }
}

/** A copy makes an entry younger if it takes so much off its age: less is what a message takes on its way. */
const YOUNGER_MS = 1_000

/** The entry with a newer record of its peer: announced after the known one, whatever age its forwarder gives it. */
export function renewed(known: Entry, record: SignedAnnouncement, nowMs: number, ageMs: number, source: Source): Entry {
  const bornAtMs = nowMs - Math.floor(Math.min(ageMs, nowMs - known.bornAtMs))
  const expiresAtMs = expiryOf(record, bornAtMs, nowMs)
  return { ...betterOf(known, source), record, bornAtMs, expiresAtMs, arrivedAtMs: nowMs }
}

/**
 * The entry, if a copy of its record that came with this age makes it younger: no younger than it was at its first arrival. A
 * suspicion neither ends by that nor is given more time.
 */
export function madeYounger(known: Entry, nowMs: number, ageMs: number, source: Source): Entry | undefined {
  const { record, arrivedAtMs, expiresAtMs } = known
  const ageAtArrivalMs = Math.max(0, Math.ceil(ageMs - (nowMs - arrivedAtMs)))
  const bornAtMs = arrivedAtMs - ageAtArrivalMs
  if (bornAtMs - known.bornAtMs < YOUNGER_MS) return undefined
  const isSuspected = expiresAtMs < expiryOf(record, known.bornAtMs, arrivedAtMs)
  const laterMs = Math.max(expiresAtMs, expiryOf(record, bornAtMs, arrivedAtMs))
  return { ...betterOf(known, source), bornAtMs, expiresAtMs: isSuspected ? expiresAtMs : laterMs }
}

/** The entry's record on its way to somebody else. What was heard is handed on as heard. */
export function agedEntry({ record, bornAtMs, standing }: AddressBookEntry, nowMs: number): AgedRecord {
  return agedRecord(record, bornAtMs, nowMs, standing === STANDING.hearsay)
}

/** The entry, with the better of two sources. */
export function betterOf(known: Entry, { forwarder, group, standing }: Source): Entry {
  return standing > known.standing ? { ...known, forwarder, group, standing } : known
}

/**
 * What became of a record: `joined`, `updated`, `refreshed` (a heartbeat) and `left` changed the entries; `buried` is the
 * farewell of a peer that was not listed, remembered all the same; `younger` is a copy of what is listed that came with a smaller
 * age; the others changed nothing.
 */
export type ApplyResult =
  | 'joined'
  | 'updated'
  | 'refreshed'
  | 'left'
  | 'buried'
  | 'younger'
  | 'stale'
  | 'outlived'
  | 'book-full'

/** What becomes of a record of a peer that is not listed, unless it is listed by it. */
export type NotListed = Extract<ApplyResult, 'buried' | 'stale' | 'outlived' | 'book-full'>

/**
 * What a record is to a book: `news`; `younger`, what is listed, with a smaller age or by a better source; `gone`, of a peer that is buried under this version
 * or a newer one, which its forwarder has to hear; `outlived`, of a peer that is not listed and whose time is over; `over-budget`, of a
 * peer never heard of that would be refused; or `known`.
 */
export type Interest = 'news' | 'younger' | 'gone' | 'outlived' | 'over-budget' | 'known'

/** What a record of the entry's peer is to it. */
export function interestBesides(
  entry: Entry,
  announcement: Announcement,
  nowMs: number,
  ageMs: number,
  source: Source
) {
  const order = compareVersions(announcement, entry.record.announcement)
  if (order !== 0) return order > 0 ? 'news' : 'known'
  if (madeYounger(entry, nowMs, ageMs, source) !== undefined || source.standing > entry.standing) return 'younger'
  // There may be a second announcement under one number, which the bytes order.
  return announcement === entry.record.announcement ? 'known' : 'news'
}
