/** Who this node is connected to: the partners it has, the peers it dials, and the links that it renews or lets go. */
import type { AddressBook } from '../book/address-book.ts'
import type { Group } from '../bounds/group.ts'
import { Dialling, type OverlayHost } from '../dialling/dialling.ts'
import type { DialPurpose, DialTarget, Output, PeerSource } from '../effects.ts'
import { jittered, type Random } from '../random.ts'
import type { PeerKey } from '../record/announcement.ts'
import { Crowd } from './crowd.ts'
import type { LinkOrigin } from './links.ts'
import { Partners } from './partners.ts'

/**
 * A chosen link gives way to a new one this often, so that strangers who have come between a node and its network do not stay
 * there for ever: a handshake in ten minutes.
 */
const RENEW_INTERVAL_MS = 600_000
const RENEW_JITTER_RATIO = 0.5

/** A renewal that finds nobody new is given up. */
const RENEW_TIMEOUT_MS = 60_000

/** The links of this node: which partners it has, which it chose, whom it dials, and which it lets go. */
export class Overlay {
  readonly #partners: Partners
  readonly #dialling: Dialling
  readonly #crowd: Crowd
  readonly #random: Random
  #renewAtMs: number
  /** How many links to choose were missing when the renewal began; undefined while there is none. */
  #missingBefore: number | undefined

  constructor(
    self: PeerKey,
    bounds: { targetConnections: number; dialBackoffMs: number },
    host: OverlayHost,
    nowMs: number
  ) {
    this.#random = host.random
    this.#crowd = new Crowd(nowMs)
    this.#partners = new Partners(bounds.targetConnections, host)
    this.#dialling = new Dialling(self, bounds.dialBackoffMs, host, this.#partners, this.#crowd)
    this.#renewAtMs = this.#nextRenewalMs(nowMs)
  }

  /** Peers with an open sync stream that have not been let go. */
  get partners(): SetIterator<PeerKey> {
    return this.#partners.all
  }

  /** How many {@link partners} there are. */
  get size(): number {
    return this.#partners.size
  }

  has(peer: PeerKey): boolean {
    return this.#partners.has(peer)
  }

  /** Whether a sync stream with the peer is open, though it may have been let go. */
  isConnected(peer: PeerKey): boolean {
    return this.#partners.isConnected(peer)
  }

  /** Whether the peer is a partner because this node drew, found or was told it, and not because it dialled. */
  isChosen(peer: PeerKey): boolean {
    return this.#partners.isChosen(peer)
  }

  /** The group of the connection to a peer; that of an unknown address where there is none. */
  groupOf(peer: PeerKey): Group {
    return this.#partners.groupOf(peer)
  }

  /** A partner chosen evenly, or undefined when there is none. */
  pick(): PeerKey | undefined {
    return this.#partners.pick()
  }

  opened(peer: PeerKey, origin: LinkOrigin, nowMs: number): void {
    this.#partners.opened(peer, origin, nowMs)
    this.#dialling.opened(peer, origin)
  }

  /** Returns whether the connection broke: neither side had said that the link would end. */
  closed(peer: PeerKey, nowMs: number): boolean {
    const closed = this.#partners.closed(peer, nowMs)
    if (closed === undefined) return false
    this.#dialling.closed(closed.link, closed.ending, nowMs)
    return closed.ending === 'broken'
  }

  /** Somebody has joined the network, and may dial this node. */
  newcomer(nowMs: number): void {
    this.#crowd.newcomer(nowMs)
  }

  /** A peer runs under a greater epoch than the one that was known, or is listed for the first time. */
  restarted(peer: PeerKey): void {
    this.#partners.restarted(peer)
  }

  /** A peer that the application wants to be joined, such as a bootstrap peer. */
  addNamed(target: DialTarget): void {
    this.#dialling.addNamed(target)
  }

  addFound(target: DialTarget, source: PeerSource = 'found', nowMs = 0): void {
    this.#dialling.addFound(target, source, nowMs)
  }

  /** The partner is about to be hung up on. */
  hangUp(peer: PeerKey, nowMs: number): void {
    this.#partners.hangUp(peer, nowMs)
  }

  /** The partner asks to be let go, or says that it goes. */
  release(peer: PeerKey, nowMs: number): void {
    this.#partners.release(peer, nowMs)
  }

  /** Brings the connections nearer to what is wanted, a step at a time. */
  shape(book: AddressBook, nowMs: number): Output[] {
    return [
      ...this.#partners.letGo(nowMs >= this.#crowd.quietAtMs, nowMs),
      ...this.#renew(nowMs),
      ...this.#dialling.connects(book, this.#isRenewing, nowMs),
      ...this.#partners.changes()
    ]
  }

  /** A dial to a peer that was lost, unless one to it or enough for this purpose are under way. */
  dial(target: DialTarget, purpose: Exclude<DialPurpose, 'connect'>, nowMs: number): Output[] {
    return this.#dialling.dial(target, purpose, nowMs)
  }

  /** Whether a peer that is not connected cannot be dialled at any time, since none of its addresses may be or can be read. */
  isOutOfReach(target: DialTarget): boolean {
    return this.#dialling.isOutOfReach(target)
  }

  /** A dial to one of the peers whose entries fade, once nobody has had news of it for long. */
  reachFading(peers: readonly PeerKey[], book: AddressBook, nowMs: number): Output[] {
    return this.#dialling.reachFading(peers, book, nowMs)
  }

  /**
   * The outcome of a dial; returns what it was for.
   *
   * @param peer - who answered, where only an address was known
   */
  dialled(id: string, reached: boolean, nowMs: number, peer?: PeerKey): DialPurpose | undefined {
    return this.#dialling.dialled(id, reached, nowMs, peer)
  }

  /** When {@link shape} may have something to do that it does not have at `nowMs`. */
  nextAttemptMs(nowMs: number): number {
    const renewAtMs = this.#renewAtMs > nowMs ? this.#renewAtMs : Number.POSITIVE_INFINITY
    return Math.min(this.#partners.nextMs(nowMs), this.#dialling.nextMs(this.#isRenewing, nowMs), renewAtMs)
  }

  get #isRenewing(): boolean {
    return this.#missingBefore !== undefined
  }

  /** Seeks one chosen link more than are wanted, and gives up a former one when it is there. */
  #renew(nowMs: number): Output[] {
    const { chosen, any } = this.#partners.missing()
    const former = this.#missingBefore
    if (former !== undefined) {
      const hasFailed = chosen > former || nowMs >= this.#renewAtMs
      if (chosen >= former && !hasFailed) return []
      this.#missingBefore = undefined
      this.#renewAtMs = this.#nextRenewalMs(nowMs)
      return chosen < former ? this.#partners.exchange(nowMs) : []
    }
    if (nowMs < this.#renewAtMs) return []
    const isWhole = chosen <= 0 && any <= 0
    if (isWhole) this.#missingBefore = chosen
    this.#renewAtMs = isWhole ? nowMs + RENEW_TIMEOUT_MS : this.#nextRenewalMs(nowMs)
    return []
  }

  #nextRenewalMs(nowMs: number): number {
    return nowMs + jittered(RENEW_INTERVAL_MS, RENEW_JITTER_RATIO, this.#random)
  }
}
