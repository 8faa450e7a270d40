/**
 * The whole protocol as a function of state, input, time and chance: `handle` returns effects and performs none.
 *
 * The host delivers inputs, carries out outputs, and calls `handle({ type: 'tick' })` once `nextDeadlineMs` is past.
 */
import { AddressBook, type AddressBookEntry, type ApplyResult } from './address-book.ts'
import {
  type Announcement,
  BOUNDS,
  type Content,
  checkedContent,
  compareVersions,
  type PeerKey,
  type SignedAnnouncement,
  type Version
} from './announcement.ts'
import { type DiscoveryConfig, MIN_ANNOUNCEMENTS_PER_TTL } from './config.ts'
import { type DialTarget, Overlay } from './overlay.ts'
import { jittered, type Random } from './random.ts'
import { type AgedRecord, answerDigest, answerSummary, answerWant, recordsMessages, type SyncMessage } from './sync.ts'

export type Input =
  | { readonly type: 'tick' }
  /** What this node says of itself has changed; announced at once. */
  | { readonly type: 'content-changed'; readonly content: Partial<Content> }
  /** Announce at this pace, at once for a start, or no more; ends or begins `listenOnly`. */
  | { readonly type: 'pace-changed'; readonly announceIntervalMs: number | undefined }
  /** The answer to `announce`: the announcement, signed. */
  | { readonly type: 'signed'; readonly record: SignedAnnouncement }
  /** The answer to `publish`: how many peers pubsub handed it to. */
  | { readonly type: 'published'; readonly recipients: number }
  /** Somebody to dial: named by the application, or found by another discovery. */
  | { readonly type: 'peer-found'; readonly target: DialTarget; readonly named: boolean }
  /** The answer to `dial`; `reached` once a sync stream is open. */
  | { readonly type: 'dialled'; readonly id: string; readonly reached: boolean }
  /** A sync stream with the peer is open; `initiator` when this node opened it. */
  | { readonly type: 'partner-opened'; readonly peer: PeerKey; readonly initiator: boolean }
  | { readonly type: 'partner-closed'; readonly peer: PeerKey }
  /** A verified record that gossip delivered. */
  | { readonly type: 'gossip'; readonly record: SignedAnnouncement }
  /** A message of a partner, its records verified. */
  | { readonly type: 'message'; readonly from: PeerKey; readonly message: SyncMessage }
  /** Say farewell; nothing is announced afterwards. */
  | { readonly type: 'leave' }

export type Output =
  /** Sign this and hand it back as `signed`. */
  | { readonly type: 'announce'; readonly announcement: Announcement }
  | { readonly type: 'publish'; readonly record: SignedAnnouncement }
  | { readonly type: 'send'; readonly to: PeerKey; readonly message: SyncMessage }
  | { readonly type: 'dial'; readonly target: DialTarget }
  | { readonly type: 'joined' | 'updated' | 'left' | 'expired'; readonly entry: AddressBookEntry }
  /** A record that did not enter the book. */
  | { readonly type: 'ignored'; readonly reason: IgnoreReason; readonly peer: PeerKey }

/** Why a genuine record did not enter the book. */
export type IgnoreReason = Extract<ApplyResult, 'stale' | 'outlived' | 'book-full'> | 'own'

/** Announcements of one node spread over the interval, so that nodes started together do not stay in step. */
const ANNOUNCE_JITTER_RATIO = 0.1
const SYNC_JITTER_RATIO = 0.2

/** Fresh records of this span travel on in one message: a crowd that joins at once costs frames, not floods. */
const PUSH_INTERVAL_MS = 10

/** Wait before an announcement that pubsub handed to nobody is repeated. */
const UNHEARD_RETRY_MS = 1_000

/** Least time between two announcements forced by a foreign run under our own key. */
const OUTRUN_INTERVAL_MS = 1_000

export class Discovery {
  readonly book: AddressBook
  readonly overlay: Overlay
  readonly #config: DiscoveryConfig
  readonly #peer: PeerKey
  readonly #random: Random
  #content: Content
  #epoch: number
  #seq = 0
  #own: SignedAnnouncement | undefined
  #left = false
  #announceIntervalMs: number
  #nextAnnounceMs: number
  #nextSyncMs: number
  #nextOutrunMs = 0
  #nextPushMs = 0
  /** BOUNDED by one push interval. Fresh records to hand on, each with the partner that it came from. */
  #fresh: { aged: AgedRecord; from: PeerKey | undefined }[] = []

  /**
   * @param self - this node's peer key and the start of its run, ms since 1970
   * @throws {RangeError} when the configured name or metadata break the bounds of an announcement
   */
  constructor(config: DiscoveryConfig, self: { peer: PeerKey; epoch: number }, random: Random, nowMs: number) {
    this.#config = config
    this.#peer = self.peer
    this.#epoch = self.epoch
    this.#random = random
    this.#content = checkedContent({ name: config.name, addrs: [], metadata: config.metadata })
    this.#announceIntervalMs = config.announceIntervalMs
    this.#nextAnnounceMs = config.listenOnly ? Number.POSITIVE_INFINITY : nowMs
    this.#nextSyncMs = nowMs + config.syncIntervalMs
    this.book = new AddressBook(config)
    this.overlay = new Overlay(config, random)
  }

  /** Start of this run, ms since 1970. */
  get epoch(): number {
    return this.#epoch
  }

  /** The addresses that this node announces. */
  get addrs(): readonly string[] {
    return this.#content.addrs
  }

  /** This node's last announcement, once one has been signed. */
  get own(): SignedAnnouncement | undefined {
    return this.#own
  }

  /** When the host owes the next tick, in the time of `handle`'s `nowMs`. */
  nextDeadlineMs(nowMs: number): number {
    if (this.#left) return Number.POSITIVE_INFINITY
    return Math.min(
      this.#nextAnnounceMs,
      this.#nextSyncMs,
      this.#fresh.length > 0 ? this.#nextPushMs : Number.POSITIVE_INFINITY,
      this.book.nextExpiryMs,
      this.overlay.nextAttemptMs(nowMs)
    )
  }

  /** Whether an announcement could matter: asked before the cost of verifying a signature. */
  isNews(announcement: Announcement): boolean {
    const { peer } = announcement
    if (peer === this.#peer) return compareVersions(announcement, this.#version()) > 0
    return this.book.isNews(peer, announcement)
  }

  /**
   * @param nowMs - monotonic; never less than at the last call
   * @throws {RangeError} when `content-changed` breaks the bounds of an announcement
   */
  handle(input: Input, nowMs: number): Output[] {
    const out: Output[] = []
    switch (input.type) {
      case 'tick':
        break
      case 'content-changed':
        this.#changeContent(input.content, nowMs)
        break
      case 'pace-changed':
        this.#announceIntervalMs = input.announceIntervalMs ?? this.#announceIntervalMs
        this.#nextAnnounceMs = input.announceIntervalMs === undefined ? Number.POSITIVE_INFINITY : nowMs
        break
      case 'signed':
        this.#adopt(input.record, nowMs, out)
        break
      case 'published':
        if (input.recipients === 0 && this.overlay.partners.size > 0) this.#announceBy(nowMs + UNHEARD_RETRY_MS)
        break
      case 'peer-found':
        if (input.named) this.overlay.addNamed(input.target)
        else this.overlay.addFound(input.target)
        break
      case 'dialled':
        this.overlay.dialled(input.id, input.reached, nowMs)
        break
      case 'partner-opened':
        this.#greet(input.peer, input.initiator, out)
        break
      case 'partner-closed':
        this.overlay.partners.delete(input.peer)
        break
      case 'gossip':
        this.#apply({ record: input.record, ageMs: 0 }, undefined, nowMs, out)
        break
      case 'message':
        this.#answer(input.from, input.message, nowMs, out)
        break
      case 'leave':
        this.#leave(out)
        break
    }
    if (!this.#left) this.#runDeadlines(nowMs, out)
    return out
  }

  #runDeadlines(nowMs: number, out: Output[]): void {
    for (const entry of this.book.expire(nowMs)) out.push({ type: 'expired', entry })
    if (nowMs >= this.#nextAnnounceMs) this.#announce(nowMs, out)
    if (nowMs >= this.#nextSyncMs) this.#syncWithAnyone(nowMs, out)
    if (nowMs >= this.#nextPushMs) this.#push(nowMs, out)
    const target = this.overlay.next(this.book, nowMs)
    if (target !== undefined) out.push({ type: 'dial', target })
  }

  #announce(nowMs: number, out: Output[]): void {
    this.#nextAnnounceMs = nowMs + jittered(this.#stretchedIntervalMs(), ANNOUNCE_JITTER_RATIO, this.#random)
    out.push({ type: 'announce', announcement: this.#announcement(false) })
  }

  #leave(out: Output[]): void {
    if (this.#left) return
    this.#left = true
    if (this.#own === undefined) return
    out.push({ type: 'announce', announcement: this.#announcement(true) })
  }

  #announcement(leaving: boolean): Announcement {
    const stretch = this.#stretchedIntervalMs() / this.#announceIntervalMs
    const ttlMs = Math.max(this.#config.entryTtlMs, MIN_ANNOUNCEMENTS_PER_TTL * this.#announceIntervalMs) * stretch
    this.#seq++
    return {
      ...this.#content,
      peer: this.#peer,
      ...this.#version(),
      ttlMs: Math.min(Math.round(ttlMs), BOUNDS.ttlMaxMs),
      leaving
    }
  }

  /** Stretches with the book, so that a node receives no more from a large network than from a small one. */
  #stretchedIntervalMs(): number {
    const fairMs = ((this.book.size + 1) / this.#config.maxAnnouncementsPerSecond) * 1_000
    return Math.max(this.#announceIntervalMs, fairMs)
  }

  #adopt(record: SignedAnnouncement, nowMs: number, out: Output[]): void {
    const changed = this.#own?.contentHash !== record.contentHash
    this.#own = record
    out.push({ type: 'publish', record })
    if (!changed) return
    this.#fresh.push({ aged: { record, ageMs: 0 }, from: undefined })
    this.#push(nowMs, out)
  }

  #greet(partner: PeerKey, initiator: boolean, out: Output[]): void {
    this.overlay.partners.add(partner)
    this.#sync(partner, initiator, out)
  }

  #syncWithAnyone(nowMs: number, out: Output[]): void {
    this.#nextSyncMs = nowMs + jittered(this.#config.syncIntervalMs, SYNC_JITTER_RATIO, this.#random)
    const partners = [...this.overlay.partners]
    const partner = partners[Math.floor(this.#random() * partners.length)]
    if (partner !== undefined) this.#sync(partner, true, out)
  }

  /** The own record, and the digest that makes the partner answer with what differs. */
  #sync(partner: PeerKey, withDigest: boolean, out: Output[]): void {
    const own = this.#own === undefined ? [] : recordsMessages([{ record: this.#own, ageMs: 0 }])
    for (const message of own) out.push({ type: 'send', to: partner, message })
    if (!withDigest) return
    out.push({ type: 'send', to: partner, message: { type: 'digest', buckets: this.book.digest(partner) } })
  }

  #answer(from: PeerKey, message: SyncMessage, nowMs: number, out: Output[]): void {
    for (const answer of this.#answersTo(from, message, nowMs, out))
      out.push({ type: 'send', to: from, message: answer })
  }

  #answersTo(from: PeerKey, message: SyncMessage, nowMs: number, out: Output[]): SyncMessage[] {
    switch (message.type) {
      case 'digest':
        return answerDigest(this.book, from, message.buckets, nowMs)
      case 'summary':
        return answerSummary(this.book, this.#peer, from, message, nowMs)
      case 'want':
        return answerWant(this.book, message.peers, nowMs)
      case 'records':
        for (const aged of message.records) this.#apply(aged, from, nowMs, out)
        return []
    }
  }

  #apply(aged: AgedRecord, from: PeerKey | undefined, nowMs: number, out: Output[]): void {
    const { record, ageMs } = aged
    const { peer } = record.announcement
    if (peer === this.#peer) {
      this.#outrun(record, nowMs, out)
      return
    }
    const result = this.book.apply(record, nowMs, ageMs)
    switch (result) {
      case 'joined':
      case 'updated':
        out.push({ type: result, entry: this.book.get(peer)! })
        break
      case 'left':
        out.push({ type: 'left', entry: { record, bornAtMs: nowMs - ageMs, expiresAtMs: nowMs } })
        break
      case 'buried':
        break
      case 'refreshed':
        return
      default:
        out.push({ type: 'ignored', reason: result, peer })
        return
    }
    this.#fresh.push({ aged, from })
  }

  /** A record under our own key that is newer than us comes from a former run with a faster clock: announce beyond it. */
  #outrun(record: SignedAnnouncement, nowMs: number, out: Output[]): void {
    out.push({ type: 'ignored', reason: 'own', peer: this.#peer })
    if (this.#left || compareVersions(record.announcement, this.#version()) <= 0 || nowMs < this.#nextOutrunMs) return
    this.#nextOutrunMs = nowMs + OUTRUN_INTERVAL_MS
    this.#epoch = record.announcement.epoch + 1
    this.#seq = 0
    this.#announceBy(nowMs)
  }

  /** Hands fresh records on to every partner but the one that each came from. */
  #push(nowMs: number, out: Output[]): void {
    if (this.#fresh.length === 0) return
    const fresh = this.#fresh
    this.#fresh = []
    this.#nextPushMs = nowMs + PUSH_INTERVAL_MS
    for (const partner of this.overlay.partners) {
      const records = fresh
        .filter(({ aged, from }) => from !== partner && aged.record.announcement.peer !== partner)
        .map(({ aged }) => aged)
      for (const message of recordsMessages(records)) out.push({ type: 'send', to: partner, message })
    }
  }

  #changeContent(change: Partial<Content>, nowMs: number): void {
    this.#content = checkedContent({ ...this.#content, ...change })
    this.#announceBy(nowMs)
  }

  /** Brings the next announcement forward; a node that only listens has none. */
  #announceBy(atMs: number): void {
    if (this.#nextAnnounceMs !== Number.POSITIVE_INFINITY) this.#nextAnnounceMs = Math.min(this.#nextAnnounceMs, atMs)
  }

  #version(): Version {
    return { epoch: this.#epoch, seq: this.#seq }
  }
}
