/**
 * Whom to dial: few peers, chosen at random, one or two at a time, so that the overlay is connected, its degree is bounded,
 * and no crowd of handshakes starves the host.
 */
import type { AddressBook } from '../book/address-book.ts'
import type { Group } from '../bounds/group.ts'
import type { DialPurpose, DialTarget, Output } from '../effects.ts'
import { jittered, type Random, randomBelow } from '../random.ts'
import type { PeerKey } from '../record/announcement.ts'

interface Backoff {
  failures: number
  notBeforeMs: number
}

/** Addresses of one bootstrap list or one local network; the oldest makes room. */
const MAX_FOUND = 256
const MAX_BACKOFFS = 4096
const MAX_BACKOFF_MS = 60_000
const BACKOFF_JITTER_RATIO = 0.2

/** Failures in a row that cost nothing. Each beyond costs a longer wait: a book full of dead ends is no storm of dials. */
const FREE_FAILURES = 3
const FAILURE_WAIT_MS = 100
const MAX_FAILURE_WAIT_MS = 1_000

/** Random tries to find a dialable peer in a large book before this round is given up. */
const MAX_PICKS = 32

/**
 * One partner is enough to be found; the others make the overlay sturdy, and are dialled while nobody waits for the host:
 * once no newcomer has come for `QUIET_MS`, or `CROWD_MS` after the start, spread over `SPREAD_MS`. A handshake takes 30 ms of
 * processor time on each side, and fifty programs that start on two cores have none to spare.
 */
const QUIET_MS = 500
const CROWD_MS = 10_000
const SPREAD_MS = 4_000

/** A probe must tell sooner than a handshake may take; a heal dial must be over before the next is due. */
const DIAL_TIMEOUT_MS: Record<DialPurpose, number> = { connect: 10_000, probe: 1_500, heal: 2_000 }

/** A node that is alone tries the next one while the former keeps silent: half of a network may be out of reach. */
const ALONE_INTERVAL_MS = 1_000
const MAX_CONNECTS_ALONE = 8

/** Of several peers that the application names, two are dialled at once: the nearer one answers first. */
const MAX_CONNECTS_NAMED = 2

/** The host does not hang up while the application uses the connection, and is asked again. */
const HANG_UP_INTERVAL_MS = 5_000

/** Probes under way at once. More are wanted only when a whole host goes, and then each crash is seen by others, too. */
const MAX_PROBES = 4

/** Keeps the dials that are under way and the partners there are, and says whom to dial or to let go. */
export class Overlay {
  /** BOUNDED by the host's connections. The oldest first. */
  readonly #partners = new Set<PeerKey>()
  /** BOUNDED by the partners. */
  readonly #links = new Map<PeerKey, { isChosen: boolean; group: Group }>()
  /** BOUNDED by the partners. They asked to be let go, or said that they go. */
  readonly #leaving = new Set<PeerKey>()
  /** BOUNDED by the partners. We asked them to let go. */
  readonly #asked = new Set<PeerKey>()
  /** BOUNDED by the partners. When we hung up on them. */
  readonly #hungUp = new Map<PeerKey, number>()
  /** BOUNDED by `MAX_FOUND`. Peers that the application named: dialled until each was reached once, and again when alone. */
  readonly #named = new Map<string, DialTarget & { reached: boolean }>()
  /** BOUNDED by `MAX_FOUND`. Peers that another discovery found: dialled while connections are wanted. */
  readonly #found = new Map<string, DialTarget>()
  /** BOUNDED by `MAX_BACKOFFS`. */
  readonly #backoffs = new Map<string, Backoff>()
  /** BOUNDED by `MAX_BACKOFFS`. When a peer may be probed again. */
  readonly #probes = new Map<PeerKey, number>()
  /** BOUNDED by `MAX_CONNECTS_ALONE`, one heal and `MAX_PROBES`. */
  readonly #dialling = new Map<string, DialPurpose>()
  readonly #self: PeerKey
  readonly #targetConnections: number
  readonly #dialBackoffMs: number
  readonly #random: Random
  readonly #crowdUntilMs: number
  #failuresInARow = 0
  #pausedUntilMs = 0
  #newcomerAtMs = Number.NEGATIVE_INFINITY
  #begunAtMs = Number.NEGATIVE_INFINITY
  #triedAtMs = Number.NEGATIVE_INFINITY
  #spreadMs: number

  constructor(
    self: PeerKey,
    bounds: { targetConnections: number; dialBackoffMs: number },
    random: Random,
    nowMs: number
  ) {
    this.#self = self
    this.#crowdUntilMs = nowMs + CROWD_MS
    this.#spreadMs = random() * SPREAD_MS
    this.#targetConnections = bounds.targetConnections
    this.#dialBackoffMs = bounds.dialBackoffMs
    this.#random = random
  }

  /** Peers with an open sync stream. */
  get partners(): SetIterator<PeerKey> {
    return this.#partners.values()
  }

  get size(): number {
    return this.#partners.size
  }

  has(peer: PeerKey): boolean {
    return this.#partners.has(peer)
  }

  /** A partner chosen evenly, or undefined when there is none. */
  pick(): PeerKey | undefined {
    return [...this.#partners][randomBelow(this.#partners.size, this.#random)]
  }

  /** Whether this node chose the partner. */
  isChosen(peer: PeerKey): boolean {
    return this.#links.get(peer)?.isChosen === true
  }

  /** The group of the partner's connection; of nobody's for who is no partner. */
  groupOf(peer: PeerKey): Group {
    return this.#links.get(peer)?.group ?? ''
  }

  opened(peer: PeerKey, isChosen = false, group: Group = ''): void {
    this.#partners.add(peer)
    this.#links.set(peer, { isChosen, group })
    this.#backoffs.delete(peer)
  }

  /** Returns whether the partner went without a word: we did not hang up, nor did it say that it does what we asked for. */
  closed(peer: PeerKey): boolean {
    const isExpected = this.#hungUp.has(peer) || (this.#asked.has(peer) && this.#leaving.has(peer))
    for (const flagged of [this.#leaving, this.#asked, this.#hungUp, this.#links]) flagged.delete(peer)
    return this.#partners.delete(peer) && !isExpected
  }

  /** Somebody has joined the network, and may dial us. */
  newcomer(nowMs: number): void {
    this.#newcomerAtMs = nowMs
  }

  /** A peer that the application wants to be joined, such as a bootstrap peer. */
  addNamed(target: DialTarget): void {
    putBounded(this.#named, MAX_FOUND, target.id, { ...target, reached: this.has(target.id) })
    this.#backoffs.delete(target.id)
  }

  addFound(target: DialTarget): void {
    putBounded(this.#found, MAX_FOUND, target.id, target)
  }

  /** The partner is about to be hung up on. */
  hangUp(peer: PeerKey, nowMs: number): void {
    if (this.has(peer)) this.#hungUp.set(peer, nowMs)
  }

  /** The partner asks to be let go, or says that it goes. */
  release(peer: PeerKey): void {
    if (this.has(peer)) this.#leaving.add(peer)
  }

  /** Brings the connections nearer to what is wanted, a step at a time. */
  shape(book: AddressBook, nowMs: number): Output[] {
    const surplus = this.#nextSurplus(nowMs)
    return [
      ...(surplus === undefined ? [] : [releaseTo(surplus)]),
      // With a word, lest the partner take it for a crash.
      ...this.#hangUpsDue(nowMs).flatMap(peer => [releaseTo(peer), { type: 'hang-up', peer } as const]),
      ...this.#connects(book, nowMs)
    ]
  }

  /** A dial to a peer that was lost, unless one to it or enough for this purpose are under way. */
  dial(target: DialTarget, purpose: Exclude<DialPurpose, 'connect'>, nowMs: number): Output[] {
    if (!this.#isSought(target) || !this.#mayBegin(purpose, nowMs)) return []
    if (purpose === 'probe') {
      // Whoever was dialled a moment ago may crash all the same, but not again and again.
      if ((this.#probes.get(target.id) ?? 0) > nowMs) return []
      putBounded(this.#probes, MAX_BACKOFFS, target.id, nowMs + this.#dialBackoffMs)
    }
    return [this.#begin(target, purpose)]
  }

  /** The outcome of a dial; returns what it was for. */
  dialled(id: string, reached: boolean, nowMs: number): DialPurpose | undefined {
    const purpose = this.#dialling.get(id)
    this.#dialling.delete(id)
    const named = this.#named.get(id)
    if (reached && named !== undefined) named.reached = true
    if (purpose === 'connect' && named === undefined) this.#pause(reached, nowMs)
    const before = this.#backoffs.get(id)?.failures ?? 0
    // In a crowd, whoever has no room at this moment has some soon: for a node that is alone the wait does not double yet.
    const isExcused = this.#partners.size === 0 && nowMs < this.#crowdUntilMs
    // Also after a success: who hangs up at once, again and again, must not keep us busy.
    const failures = reached ? 0 : before + Number(!isExcused)
    this.#backOff(id, failures, nowMs)
    return purpose
  }

  /** When {@link shape} may have something to do that it does not have at `nowMs`. */
  nextAttemptMs(nowMs: number): number {
    const wanted = this.#wanted() > 0
    let earliestMs = Number.POSITIVE_INFINITY
    const consider = (atMs: number) => {
      if (atMs > nowMs && atMs < earliestMs) earliestMs = atMs
    }
    if (wanted) consider(this.#notBeforeMs())
    for (const id of this.#named.keys()) {
      if (!this.#isOwed(id)) continue
      consider(this.#namedNotBeforeMs())
      consider(this.#backoffs.get(id)?.notBeforeMs ?? Number.NEGATIVE_INFINITY)
    }
    if (this.#underWay('connect') > 0 && this.#partners.size === 0) consider(this.#begunAtMs + ALONE_INTERVAL_MS)
    for (const peer of wanted ? [] : this.#leaving) consider(this.#nextHangUpMs(peer))
    if (wanted) for (const { notBeforeMs } of this.#backoffs.values()) consider(notBeforeMs)
    return earliestMs
  }

  /**
   * A partner to ask to let go: there are more than twice as many as wanted, and no crowd is left to be connected by this node
   * alone. The youngest goes: old links have lasted, and hold a network together that a crowd has joined.
   */
  #nextSurplus(nowMs: number): PeerKey | undefined {
    const kept = this.#partners.size - this.#asked.size
    if (kept <= 2 * this.#targetConnections || nowMs < this.#quietAtMs()) return undefined
    const peer = [...this.#partners].findLast(partner => !this.#asked.has(partner))!
    this.#asked.add(peer)
    return peer
  }

  /** The partners that asked to be let go, once there are enough others. */
  #hangUpsDue(nowMs: number): PeerKey[] {
    if (this.#wanted() > 0) return []
    const due = [...this.#leaving].filter(peer => this.#nextHangUpMs(peer) <= nowMs)
    for (const peer of due) this.hangUp(peer, nowMs)
    return due
  }

  #nextHangUpMs(peer: PeerKey): number {
    return (this.#hungUp.get(peer) ?? Number.NEGATIVE_INFINITY) + HANG_UP_INTERVAL_MS
  }

  #connects(book: AddressBook, nowMs: number): Output[] {
    const out: Output[] = []
    for (let next = this.#nextConnect(book, nowMs); next !== undefined; next = this.#nextConnect(book, nowMs)) {
      this.#begunAtMs = nowMs
      out.push(this.#begin(next, 'connect'))
    }
    return out
  }

  #nextConnect(book: AddressBook, nowMs: number): DialTarget | undefined {
    const mayBegin = this.#mayBegin('connect', nowMs)
    const named = mayBegin || this.#underWay('connect') < MAX_CONNECTS_NAMED ? this.#nextNamed(nowMs) : undefined
    return named ?? (mayBegin ? this.#nextWanted(book, nowMs) : undefined)
  }

  #begin(target: DialTarget, purpose: DialPurpose): Output {
    this.#dialling.set(target.id, purpose)
    return { type: 'dial', target, purpose, timeoutMs: DIAL_TIMEOUT_MS[purpose] }
  }

  #mayBegin(purpose: DialPurpose, nowMs: number): boolean {
    const underWay = this.#underWay(purpose)
    if (underWay === 0) return true
    if (purpose === 'probe') return underWay < MAX_PROBES
    const isAlone = this.#partners.size === 0
    return (
      purpose === 'connect' && isAlone && underWay < MAX_CONNECTS_ALONE && nowMs >= this.#begunAtMs + ALONE_INTERVAL_MS
    )
  }

  #underWay(purpose: DialPurpose): number {
    let underWay = 0
    for (const other of this.#dialling.values()) if (other === purpose) underWay++
    return underWay
  }

  /** Connections that are missing; those that will be let go do not count. */
  #wanted(): number {
    return this.#targetConnections - (this.#partners.size - this.#leaving.size)
  }

  #nextNamed(nowMs: number): DialTarget | undefined {
    if (nowMs < this.#namedNotBeforeMs()) return undefined
    for (const target of this.#named.values()) {
      if (this.#isOwed(target.id) && this.#isDialable(target, nowMs)) return target
    }
    return undefined
  }

  #nextWanted(book: AddressBook, nowMs: number): DialTarget | undefined {
    if (this.#wanted() <= 0 || nowMs < this.#notBeforeMs()) return undefined
    for (const target of this.#found.values()) {
      this.#found.delete(target.id)
      if (this.#isDialable(target, nowMs)) return target
    }
    const picks = Math.min(MAX_PICKS, 2 * book.size)
    for (let i = 0; i < picks; i++) {
      const { peer, addrs } = book.pick(this.#random)!.record.announcement
      const target = { id: peer, addrs }
      if (this.#isDialable(target, nowMs)) return target
    }
    return undefined
  }

  /** When somebody of the book may be dialled: soon by a node that is alone, in good time by others. */
  #notBeforeMs(): number {
    if (this.#partners.size === 0) return this.#pausedUntilMs
    return Math.max(this.#pausedUntilMs, Math.max(this.#triedAtMs, this.#quietAtMs()) + this.#spreadMs)
  }

  /** A node that has a partner leaves the well-known ones to a crowd that has none yet. */
  #namedNotBeforeMs(): number {
    return this.#partners.size === 0 ? Number.NEGATIVE_INFINITY : this.#quietAtMs() + this.#spreadMs
  }

  /** When no crowd arrives any more, or has for long enough. */
  #quietAtMs(): number {
    return Math.min(this.#newcomerAtMs + QUIET_MS, this.#crowdUntilMs)
  }

  #isOwed(id: string): boolean {
    const named = this.#named.get(id)
    return named !== undefined && (!named.reached || this.#partners.size === 0)
  }

  #isDialable(target: DialTarget, nowMs: number): boolean {
    return this.#isSought(target) && (this.#backoffs.get(target.id)?.notBeforeMs ?? 0) <= nowMs
  }

  /** Somebody else, with an address, who is neither connected nor being dialled. */
  #isSought({ id, addrs }: DialTarget): boolean {
    return id !== this.#self && addrs.length > 0 && !this.has(id) && !this.#dialling.has(id)
  }

  #pause(reached: boolean, nowMs: number): void {
    this.#triedAtMs = nowMs
    this.#spreadMs = this.#random() * SPREAD_MS
    this.#failuresInARow = reached ? 0 : this.#failuresInARow + 1
    const waitMs = Math.max(0, this.#failuresInARow - FREE_FAILURES) * FAILURE_WAIT_MS
    this.#pausedUntilMs = nowMs + Math.min(waitMs, MAX_FAILURE_WAIT_MS)
  }

  #backOff(id: string, failures: number, nowMs: number): void {
    const waitMs = Math.min(this.#dialBackoffMs * 2 ** Math.max(0, failures - 1), MAX_BACKOFF_MS)
    const notBeforeMs = nowMs + jittered(waitMs, BACKOFF_JITTER_RATIO, this.#random)
    putBounded(this.#backoffs, MAX_BACKOFFS, id, { failures, notBeforeMs })
  }
}

function releaseTo(to: PeerKey): Output {
  return { type: 'send', to, message: { type: 'release' } }
}

/** The newest stands last; beyond `max` the oldest makes room. */
function putBounded<Key, Value>(map: Map<Key, Value>, max: number, key: Key, value: Value): void {
  map.delete(key)
  if (map.size >= max) map.delete(map.keys().next().value as Key)
  map.set(key, value)
}
