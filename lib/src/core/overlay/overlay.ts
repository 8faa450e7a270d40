/** Who this node is connected to: the partners it has, the peers it dials, and the links that it renews or lets go. */
import type { AddressBook } from '../book/address-book.ts'
import type { Group } from '../bounds/group.ts'
import { Dialling } from '../dialling/dialling.ts'
import type { OverlayHost } from '../dialling/reach.ts'
import type { DialOutcome, DialPurpose, DialTarget, Output, PeerSource, SpentBy } from '../effects.ts'
import { jittered, type Random } from '../random.ts'
import type { PeerKey } from '../record/announcement.ts'
import { Circuits, type SpentCircuit } from './circuits.ts'
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

/**
 * A choice among few is made anew, soon after there are twice as many to choose from: those who were there first may have been strangers
 * who waited for a newcomer. In a network of fewer than eight there is nothing to choose.
 */
const OUTGROWN_RATIO = 2
const OUTGROWN_WAIT_MS = 60_000
const FEW = 4

/** Time for the peer that dialled a connection which broke to dial again, over a relay too. */
const REDIAL_GRACE_MS = 500

/** The links of this node: which partners it has, which it chose, whom it dials, and which it lets go. */
export class Overlay {
  readonly #partners: Partners
  readonly #dialling: Dialling
  readonly #crowd: Crowd
  readonly #circuits = new Circuits()
  readonly #random: Random
  #renewAtMs: number
  /** How many peers there were to choose from when the network had last outgrown the choice. */
  #chosenAmong = FEW
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
    this.#partners = new Partners(self, bounds.targetConnections, host)
    this.#dialling = new Dialling(self, bounds.dialBackoffMs, host, {
      partners: this.#partners,
      circuits: this.#circuits,
      crowd: this.#crowd
    })
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

  /** Whether this node dialled the peer that is connected. */
  isDialled(peer: PeerKey): boolean {
    return this.#partners.isDialled(peer)
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
    this.#circuits.opened(peer)
  }

  /**
   * Returns whether this node has to see what became of the peer: neither side had said that the link would end. If the link came to the end
   * of its limit, that is left to the side that dialled it.
   *
   * @param spentBy - who had dialled the connection, if it had come to the end of a limit
   */
  closed(peer: PeerKey, nowMs: number, spentBy?: SpentBy): boolean {
    const closed = this.#partners.closed(peer, spentBy !== undefined, nowMs)
    if (closed === undefined) return false
    const { link, ending } = closed
    if (ending !== 'spent') this.#dialling.closed(link, ending, nowMs)
    this.#circuits.closed(peer)
    const isAwaited = ending === 'spent' && spentBy === 'peer'
    if (isAwaited) this.#circuits.awaits(peer, nowMs)
    return ending === 'broken' || (ending === 'spent' && !isAwaited)
  }

  /** The circuit that this node dialled to the peer is nearly used up. */
  spent(peer: PeerKey, nowMs: number): void {
    this.#circuits.spent(peer, nowMs)
  }

  /** Peers whose circuit came to its end, and that have not dialled another in time. */
  takeOverdue(nowMs: number): PeerKey[] {
    return this.#circuits.takeOverdue(nowMs)
  }

  /**
   * A link broke; returns when this node dials the peer again. The side that had dialled does so at once, and the other one waits for
   * that, unless it has nobody else: two that dial each other have two connections. Nobody takes its place meanwhile.
   */
  rejoins(wasDialled: boolean, nowMs: number): number {
    this.#dialling.rejoins(nowMs)
    return wasDialled || this.size === 0 ? nowMs : nowMs + REDIAL_GRACE_MS
  }

  /** Somebody has joined the network, and may dial this node. */
  newcomer(nowMs: number): void {
    this.#crowd.newcomer(nowMs)
    this.#partners.noteFirst(false)
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

  /** Somebody says that the peer is worth a dial; one that is only a hint is tried once, and at once. */
  found(target: DialTarget, source: PeerSource, nowMs: number): Output[] {
    if (source === 'hint') return this.dial(target, 'heal', nowMs)
    if (source === 'named') this.addNamed(target)
    else this.addFound(target, source, nowMs)
    return []
  }

  /** The partner is about to be hung up on. */
  hangUp(peer: PeerKey, nowMs: number): void {
    this.#partners.hangUp(peer, nowMs)
  }

  /** The partner asks to be let go, or says that it goes; returns the answer. */
  release(peer: PeerKey, nowMs: number): Output[] {
    return this.#partners.release(peer, nowMs)
  }

  /** Brings the connections nearer to what is wanted, a step at a time. */
  shape(book: AddressBook, nowMs: number): Output[] {
    this.#noteGrowth(book.size, nowMs)
    const out = this.#renew(nowMs)
    for (const spent of this.#circuits.takeSpent(nowMs)) out.push(...this.#renewCircuit(spent, nowMs))
    for (const output of this.#partners.letGo(nowMs >= this.#crowd.quietAtMs, nowMs)) out.push(output)
    for (const output of this.#dialling.connects(book, this.#isRenewing, nowMs)) out.push(output)
    for (const output of this.#partners.changes()) out.push(output)
    return out
  }

  /**
   * Whether {@link shape} has nothing to do that it did not have when it was called last: asked at inputs that change no link, before the
   * time that {@link nextAttemptMs} then gave.
   */
  isInShape(bookSize: number, nowMs: number): boolean {
    const { any, ending } = this.#partners.missing()
    const mayLetGo = ending > 0 || this.size === 0 || (any < 0 && nowMs >= this.#crowd.quietAtMs)
    if (mayLetGo || !this.#partners.isTold || this.#hasOutgrown(bookSize)) return false
    return !this.#dialling.mayConnect(this.#isRenewing, nowMs)
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

  /** A dial has ended, or was not made; see {@link dialled}. */
  ended(id: string, outcome: DialOutcome, nowMs: number, peer?: PeerKey): DialPurpose | undefined {
    if (outcome === 'withheld') return this.#dialling.withheld(id, nowMs)
    return this.dialled(id, outcome === 'reached', nowMs, peer)
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
    return Math.min(
      this.#partners.nextMs(nowMs),
      this.#dialling.nextMs(this.#isRenewing, nowMs),
      this.#circuits.nextMs,
      renewAtMs
    )
  }

  get #isRenewing(): boolean {
    return this.#missingBefore !== undefined
  }

  #hasOutgrown(bookSize: number): boolean {
    return bookSize >= OUTGROWN_RATIO * this.#chosenAmong && !this.#isRenewing
  }

  #noteGrowth(bookSize: number, nowMs: number): void {
    if (!this.#hasOutgrown(bookSize)) return
    this.#chosenAmong = bookSize
    this.#renewAtMs = nowMs + jittered(OUTGROWN_WAIT_MS, RENEW_JITTER_RATIO, this.#random)
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

  /** A circuit that is used up ends if there are enough links that no relay ends. */
  #renewCircuit({ peer, timeoutMs }: SpentCircuit, nowMs: number): Output[] {
    const link = this.#partners.keptLink(peer)
    if (link === undefined) return []
    return this.#partners.missing().direct > 0 ? [{ type: 'renew', peer, timeoutMs }] : this.#partners.end(link, nowMs)
  }

  #nextRenewalMs(nowMs: number): number {
    return nowMs + jittered(RENEW_INTERVAL_MS, RENEW_JITTER_RATIO, this.#random)
  }
}
