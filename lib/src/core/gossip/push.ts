/**
 * Fresh records on their way through the overlay: eagerly along a tree, lazily everywhere else.
 *
 * A partner that pushes nothing but what is known already is asked to stop: that link is redundant, and turns lazy. What is
 * left of the links is a tree, so that a record reaches each node about once. Over lazy links a digest follows once it is
 * quiet, and a digest that differs repairs the tree. After Plumtree (Leitão, Pereira, Rodrigues, 2007).
 */

import type { Output } from '../effects.ts'
import type { AgedRecord } from '../record/aged-record.ts'
import type { PeerKey } from '../record/announcement.ts'
import { Outbox } from './outbox.ts'
import { batched, recordsMessages, type SyncMessage } from './sync.ts'

/** A lone newcomer does not wait. The more come at once, the longer the next wait for company: a frame is dearer than a record. */
const PUSH_INTERVAL_MS_PER_RECORD = 10
const MAX_PUSH_INTERVAL_MS = 100

/** Longer than a record takes through the tree, and short enough that a torn tree is hardly noticed. */
const LAZY_DELAY_MS = 300

/** In a flood lazy links are mended within this time: what strangers push must not be all that a node is told. */
const FLOODED_LAZY_DELAY_MS = 1_000

/** While a crowd joins, books differ by what is under way: a digest would ask for all of it once more. */
const MAX_LAZY_DELAY_MS = 10_000

/**
 * Time between two prunes, longer than one takes to show. What is under way comes from one partner first and what follows from
 * another: a node that asks both to stop has nobody left that tells it anything.
 */
const PRUNE_INTERVAL_MS = 300

/**
 * So many records at once go over a limited link without a question. More of them are a crowd, or a book that this node is being handed:
 * there a digest asks first what is lacking, so that no circuit is used up by what its other end has.
 */
const MAX_UNASKED_OVER_LIMITED = 16

/**
 * So many restarts at once go over every link, which takes them to all nodes in half of the time that the tree takes: that was shaped by
 * records from elsewhere.
 */
const MAX_RESTARTS_AT_ONCE = 16

/**
 * A partner counts as one that pushes for so long after it has brought something new. Copies follow within some hops. Others may be
 * partners and push nothing: strangers, who must not leave a node with nobody that tells it anything.
 */
const PUSHES_FOR_MS = 1_000

/** Says to which partners a fresh record goes at once. */
export class Push {
  /** BOUNDED by what arrives within one interval. */
  readonly #fresh = new Outbox()
  /** BOUNDED by what arrives within one interval. They refute suspicions, which went over every link, or are all that is known of a restart. */
  readonly #urgent = new Outbox()
  /** BOUNDED by the partners. */
  readonly #lazy = new Set<PeerKey>()
  /** BOUNDED by the partners. When each has pushed something new. */
  readonly #broughtAtMs = new Map<PeerKey, number>()
  /** BOUNDED by the partners. Their books have not been compared with ours yet. */
  readonly #unknown = new Set<PeerKey>()
  /** BOUNDED by the partners. Over links that end by a limit. */
  readonly #limited = new Set<PeerKey>()
  #freshAtMs = Number.NEGATIVE_INFINITY
  #notBeforeMs = 0
  #noPruneBeforeMs = 0
  #lazyDueMs = Number.POSITIVE_INFINITY
  /** However much comes meanwhile. */
  #lazyLatestMs = Number.POSITIVE_INFINITY

  /** When there is something to send. */
  get nextMs(): number {
    return Math.min(this.#waiting > 0 ? this.#notBeforeMs : Number.POSITIVE_INFINITY, this.#lazyDueMs)
  }

  /** Whether nothing fresh has come for a while. */
  isQuiet(nowMs: number): boolean {
    return nowMs >= this.#freshAtMs + LAZY_DELAY_MS
  }

  /** Whether something that is urgent may go over every link. A crowd that restarts goes along the tree. */
  get hasRoomForUrgent(): boolean {
    return this.#urgent.size < MAX_RESTARTS_AT_ONCE
  }

  /** @param isUrgent - it refutes a suspicion, or tells of a restart */
  add(aged: AgedRecord, forwarder: PeerKey | undefined, nowMs: number, isUrgent = false): void {
    const outbox = isUrgent ? this.#urgent : this.#fresh
    outbox.add(aged, forwarder)
    this.#freshAtMs = nowMs
    this.#compareLater(nowMs)
  }

  /** {@link add}, unless the record was added just before. */
  addOnce(aged: AgedRecord, forwarder: PeerKey | undefined, nowMs: number): void {
    if (!this.#fresh.endsIn(aged) && !this.#urgent.endsIn(aged)) this.add(aged, forwarder, nowMs)
  }

  /** The partner's push held something new. */
  brought(partner: PeerKey, nowMs: number): void {
    this.#broughtAtMs.set(partner, nowMs)
  }

  /** Whether to ask a partner to stop that has pushed nothing new: not unless another one has, a moment ago. */
  refuses(partner: PeerKey, nowMs: number): boolean {
    if (nowMs < this.#noPruneBeforeMs || !this.#isTold(partner, nowMs)) return false
    this.#noPruneBeforeMs = nowMs + PRUNE_INTERVAL_MS
    this.prune(partner)
    return true
  }

  /** The link to the partner is redundant. */
  prune(partner: PeerKey): void {
    this.#lazy.add(partner)
  }

  /** Whether to compare books with a new partner at once. In a crowd it waits: what others push comes from this one, too. */
  compares(partner: PeerKey, partners: number, nowMs: number): boolean {
    if (partners < 2 || this.isQuiet(nowMs)) return true
    this.#unknown.add(partner)
    this.#compareLater(nowMs)
    return false
  }

  /** The partner did not have what others have: the link is needed. What came since the last digest was kept from it, too. */
  graft(partner: PeerKey): void {
    if (this.#lazy.delete(partner) && this.#lazyDueMs < Number.POSITIVE_INFINITY) this.#unknown.add(partner)
  }

  /** Each partner may bring what no other one does. */
  compareSoon(nowMs: number): void {
    if (this.#lazy.size === 0) return
    this.#lazyLatestMs = Math.min(this.#lazyLatestMs, nowMs + FLOODED_LAZY_DELAY_MS)
    this.#lazyDueMs = Math.min(this.#lazyDueMs, this.#lazyLatestMs)
  }

  /** @param isLimited - only circuits lead to the partner: bytes are scarce */
  opened(partner: PeerKey, isLimited: boolean): void {
    if (isLimited) this.#limited.add(partner)
    else this.#limited.delete(partner)
  }

  /** Whatever went through that partner may be missing: compare with the others. */
  closed(partner: PeerKey, nowMs: number): void {
    this.#lazy.delete(partner)
    this.#broughtAtMs.delete(partner)
    this.#unknown.delete(partner)
    this.#limited.delete(partner)
    if (this.#lazy.size > 0) this.#lazyLatestMs = Math.min(this.#lazyLatestMs, nowMs + LAZY_DELAY_MS)
    this.#compareLater(nowMs)
  }

  /**
   * Every fresh record to every eager partner, and an urgent one to the lazy ones as well. Urgent ones are not pushed, but sent:
   * that a partner has them already says nothing of the link.
   */
  flush(partners: Iterable<PeerKey>, nowMs: number): Output[] {
    if (nowMs < this.#notBeforeMs || this.#waiting === 0) return []
    this.#notBeforeMs = nowMs + Math.min(this.#waiting * PUSH_INTERVAL_MS_PER_RECORD, MAX_PUSH_INTERVAL_MS)
    const all = new Set(partners)
    const asked = this.#fresh.size > MAX_UNASKED_OVER_LIMITED ? this.#askLimited(nowMs) : this.#lazy
    const eager = new Set([...all].filter(partner => !this.#lazy.has(partner) && !asked.has(partner)))
    return [...this.#fresh.unload(eager, pushMessages), ...this.#urgent.unload(all, recordsMessages)]
  }

  /** The partners that are due a digest: in place of what was not pushed to them, or for a first one. */
  dueLazy(nowMs: number): PeerKey[] {
    if (nowMs < this.#lazyDueMs) return []
    this.#lazyDueMs = Number.POSITIVE_INFINITY
    this.#lazyLatestMs = Number.POSITIVE_INFINITY
    const due = [...new Set([...this.#lazy, ...this.#unknown])]
    this.#unknown.clear()
    return due
  }

  /** Returns the partners over limited links, who are sent a digest in place of these records, unless they brought them all. */
  #askLimited(nowMs: number): ReadonlySet<PeerKey> {
    for (const partner of this.#limited) if (this.#fresh.holdsNewsFor(partner)) this.#unknown.add(partner)
    this.#compareLater(nowMs)
    return this.#limited
  }

  /** Whether another partner than this one pushes what is new. */
  #isTold(except: PeerKey, nowMs: number): boolean {
    for (const [partner, atMs] of this.#broughtAtMs) {
      if (partner !== except && !this.#lazy.has(partner) && nowMs - atMs <= PUSHES_FOR_MS) return true
    }
    return false
  }

  get #waiting(): number {
    return this.#fresh.size + this.#urgent.size
  }

  /** Once nothing fresh has come for a while. */
  #compareLater(nowMs: number): void {
    if (this.#lazy.size + this.#unknown.size === 0) return
    this.#lazyLatestMs = Math.min(this.#lazyLatestMs, nowMs + MAX_LAZY_DELAY_MS)
    this.#lazyDueMs = Math.min(nowMs + LAZY_DELAY_MS, this.#lazyLatestMs)
  }
}

/** Records to push, in as few messages as the bound on a message allows. */
export function pushMessages(records: readonly AgedRecord[]): SyncMessage[] {
  return batched(records).map(batch => ({ type: 'push', records: batch }))
}
