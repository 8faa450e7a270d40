/** Who hands records on, what its word is worth to this node, and who pays for the peers that it brings. */
import type { Admission, Offer } from '../bounds/admission.ts'
import type { Output } from '../effects.ts'
import type { Overlay } from '../overlay/overlay.ts'
import type { Random } from '../random.ts'
import type { AgedRecord } from '../record/aged-record.ts'
import { compareSigned, hash32, type PeerKey, type SignedAnnouncement } from '../record/announcement.ts'
import type { AddressBook } from './address-book.ts'
import { type AddressBookEntry, asHearsay, type Source, STANDING, sourceFor } from './entry.ts'

/** The parts of a node that this concerns. */
interface Node {
  readonly book: AddressBook
  readonly overlay: Overlay
  readonly admission: Admission
  readonly random: Random
}

/** Who hands records on, made once for all records of a message. */
export interface Forwarder {
  /** Of what it knows itself. */
  readonly source: Source
  /** Of what it has only heard. */
  readonly hearsay: Source
  readonly isChosen: boolean
  readonly peerHash: number
}

export class Sources {
  readonly #node: Node

  constructor(node: Node) {
    this.#node = node
  }

  /** A partner as one that hands on what it knows itself. */
  sourceOf(forwarder: PeerKey): Source {
    const { overlay } = this.#node
    const standing = overlay.isChosen(forwarder) ? STANDING.confirmed : STANDING.hearsay
    return { forwarder, group: overlay.groupOf(forwarder), standing }
  }

  /** Whether the book would refuse a newcomer of this source. */
  isFullFor(source: Source, nowMs: number): boolean {
    const { book, overlay } = this.#node
    return book.isFullFor(source, nowMs, peer => overlay.has(peer))
  }

  /** The source of a record whose peer is listed. */
  ofListed(former: AddressBookEntry, record: SignedAnnouncement, via: Source, nowMs: number): Source {
    if (via.standing === STANDING.hearsay || former.standing > STANDING.hearsay) return via
    const isOld = compareSigned(record, former.record) < 0
    const offer = this.offer(record.announcement.peer, via)
    return !isOld && this.#node.admission.vouchesFor(offer, nowMs) ? via : asHearsay(via)
  }

  /**
   * The source of a record whose peer is not listed: it is paid for, unless it was here before, and a full book makes room for it.
   *
   * @returns undefined if nobody pays
   */
  ofUnlisted(
    record: SignedAnnouncement,
    via: Source,
    isChosen: boolean,
    nowMs: number,
    out: Output[]
  ): Source | undefined {
    const { book, overlay, admission, random } = this.#node
    const { peer, leaving } = record.announcement
    const isBuried = book.tombstoneOf(peer) !== undefined
    if (isBuried && book.isGone(record.announcement)) return via
    const offer = { peer, source: via, isChosen, bookSize: book.size }
    const paid = isBuried
      ? admission.vouchesFor(offer, nowMs)
        ? via.standing
        : STANDING.hearsay
      : admission.standingOf(offer, nowMs)
    if (paid === undefined) return undefined
    const source = paid === via.standing ? via : { ...via, standing: paid }
    if (leaving || !book.isFull) return source
    const entry = book.evict(source, nowMs, peer => overlay.has(peer), random)
    if (entry !== undefined) out.push({ type: 'evicted', entry })
    return source
  }

  /** A partner that hands records on. */
  forwarderOf(peer: PeerKey): Forwarder {
    const source = this.sourceOf(peer)
    const isChosen = source.standing === STANDING.confirmed
    return { source, hearsay: asHearsay(source), isChosen, peerHash: hash32(peer) | 0 }
  }

  /** A peer that a partner, or nobody in particular, brings. */
  offer(peer: PeerKey, source: Source): Offer {
    const { book, overlay } = this.#node
    const isChosen = source.forwarder !== undefined && overlay.isChosen(source.forwarder)
    return { peer, source, isChosen, bookSize: book.size }
  }
}

/** {@link sourceFor} by the hash first, which is at hand: the texts are far from the processor. */
export function viaOf({ record, isHearsay }: AgedRecord, { source, hearsay, peerHash }: Forwarder): Source {
  if (record.peerHash === peerHash) return sourceFor(source, record.announcement.peer, isHearsay === true)
  return isHearsay === true ? hearsay : source
}
