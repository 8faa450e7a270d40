/** What a book holds of one peer. */
import type { Group } from '../bounds/group.ts'
import type { PeerKey, SignedAnnouncement } from '../record/announcement.ts'

/** What an application is told of a peer in the book. */
export interface AddressBookEntry {
  readonly record: SignedAnnouncement
  /** When the record was announced, in this node's time: its arrival less the age that it came with. */
  readonly bornAtMs: number
  /** When the entry expires if nothing newer comes. */
  readonly expiresAtMs: number
  /** The partner that handed on the first record of the peer; undefined if the peer itself did. */
  readonly forwarder: PeerKey | undefined
}

/** What the book itself has to know besides. Entries never change: a store replaces them. */
export interface Entry extends AddressBookEntry {
  /** When this version of the record came to this node for the first time. */
  readonly arrivedAtMs: number
  /** The group of the forwarder's connection. */
  readonly group: Group
  /** Grows with every peer that the book lists: the entry with the greater number is the newer one. */
  readonly order: number
}

/** Who handed a record on. */
export interface Source {
  readonly forwarder: PeerKey | undefined
  readonly group: Group
}

/** When a record expires that nobody suspects. */
export function expiryOf({ announcement }: SignedAnnouncement, bornAtMs: number): number {
  return bornAtMs + announcement.ttlMs
}
