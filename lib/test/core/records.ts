/** Announcements as the core sees them after a decoder has checked them: short peer names, and envelopes that name what they hold. */
import fc from 'fast-check'
import type { AddressBook } from '../../src/core/book/address-book.ts'
import { type AddressBookEntry, type Source, STANDING, type Standing } from '../../src/core/book/entry.ts'
import type { Random } from '../../src/core/random.ts'
import {
  type Announcement,
  avalanche32,
  hash32,
  type PeerKey,
  type SignedAnnouncement,
  signedAnnouncement
} from '../../src/core/record/announcement.ts'

export const TTL_MS = 30_000

export function announcement(change: Partial<Announcement> = {}): Announcement {
  return {
    peer: 'a',
    epoch: 1,
    seq: 1,
    name: '',
    addrs: [],
    ttlMs: TTL_MS,
    leaving: false,
    metadata: new Map(),
    ...change
  }
}

/** @param envelope - what makes two announcements of one version different bytes */
export function record(change: Partial<Announcement> = {}, envelope?: string): SignedAnnouncement {
  const value = announcement(change)
  const text = envelope ?? JSON.stringify({ ...value, metadata: [...value.metadata] })
  return signedAnnouncement(value, new TextEncoder().encode(text), contentHashOf(value))
}

/** Stands for the hash of a payload: over what heartbeats repeat. */
export function contentHashOf({ peer, epoch, leaving, name, addrs, metadata }: Announcement): number {
  return avalanche32(hash32(JSON.stringify([peer, epoch, leaving, name, addrs, [...metadata]])))
}

export function farewell(change: Partial<Announcement> = {}): SignedAnnouncement {
  return record({ ...change, leaving: true })
}

/** Chance that always decides for the newest. */
export const newest: Random = () => 0.999_999

/** A forwarder that is a group by itself, unless another is given. */
export function from(forwarder: PeerKey, standing: Standing = STANDING.hearsay, group = forwarder): Source {
  return { forwarder, group, standing }
}

/** Few peers, runs and numbers, so that records of one peer meet, repeat, and contradict each other. */
export const anyRecord = fc
  .record({
    peer: fc.constantFrom('a', 'b', 'c', 'd'),
    epoch: fc.integer({ min: 1, max: 3 }),
    seq: fc.integer({ min: 1, max: 3 }),
    name: fc.constantFrom('', 'x', 'y'),
    leaving: fc.nat(3).map(chance => chance === 0)
  })
  .map(change => record(change))

export function entriesOf(book: AddressBook): AddressBookEntry[] {
  return [...book.values()].sort((x, y) => (peerOf(x) < peerOf(y) ? -1 : 1))
}

export function peersOf(book: AddressBook): string[] {
  return entriesOf(book).map(peerOf)
}

function peerOf(entry: AddressBookEntry): string {
  return entry.record.announcement.peer
}
