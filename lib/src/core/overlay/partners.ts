/**
 * Who is a partner, which links this node chose, and who is let go.
 *
 * Strangers decide who dials this node, so inbound links count only up to places of their own: at least two links are this
 * node's own choice, whatever others do. A surplus link is ended by its dialler; the other side asks for that with `release`.
 */
import type { Group } from '../bounds/group.ts'
import { putBounded } from '../bounds/lazy-map.ts'
import type { Output } from '../effects.ts'
import { type Random, randomBelow } from '../random.ts'
import type { PeerKey } from '../record/announcement.ts'
import { LetGo } from './let-go.ts'
import { LinkTable } from './link-table.ts'
import {
  addStream,
  earliestAfter,
  endingOf,
  isEndTold,
  isKept,
  isRefused,
  keepOn,
  type Link,
  type LinkEnding,
  type LinkOrigin,
  type Missing,
  NEVER_MS,
  newLink
} from './links.ts'
import { hasInboundPlace, surplusAmong } from './places.ts'
import { ToldLinks } from './told-links.ts'

/** Links that this node chooses for itself: a random graph in which each node draws two others is connected. */
const CHOSEN_LINKS = 2

/** Time for a peer that was asked to go to find another partner; then it is none any more, whether or not it went. */
export const RELEASE_GRACE_MS = 10_000

/** Time for the host to end the streams; then it is asked once more. */
const HANG_UP_INTERVAL_MS = 5_000

/** Links that the connection broke on, whose peers are chosen again if a probe reaches them. */
const MAX_BROKEN = 64

export class Partners {
  readonly #links: LinkTable
  /** BOUNDED by the links. Those whose time as partners is not over. */
  readonly #partners = new Set<PeerKey>()
  readonly #letGo = new LetGo()
  /** BOUNDED by `MAX_BROKEN`. Chosen links that broke. */
  readonly #broken = new Map<PeerKey, true>()
  readonly #told = new ToldLinks()
  readonly #target: { readonly any: number; readonly chosen: number }
  readonly #groupOf: (addr: string) => Group
  readonly #random: Random

  constructor(self: PeerKey, targetConnections: number, host: { groupOf: (addr: string) => Group; random: Random }) {
    this.#target = { any: targetConnections, chosen: Math.min(CHOSEN_LINKS, targetConnections) }
    // One chosen link each leaves islands; two do not.
    this.#links = new LinkTable({ self, ...this.#target, earlier: this.#target.chosen < CHOSEN_LINKS })
    this.#groupOf = host.groupOf
    this.#random = host.random
  }

  /** Peers with an open sync stream that have not been let go. */
  get all(): SetIterator<PeerKey> {
    return this.#partners.values()
  }

  get size(): number {
    return this.#partners.size
  }

  has(peer: PeerKey): boolean {
    return this.#partners.has(peer)
  }

  /** Whether a sync stream is open, though the peer may have been let go. */
  isConnected(peer: PeerKey): boolean {
    return this.#links.has(peer)
  }

  isDialled(peer: PeerKey): boolean {
    return this.#links.get(peer)?.isDialled === true
  }

  isChosen(peer: PeerKey): boolean {
    return this.has(peer) && this.#links.get(peer)!.isChosen
  }

  groupOf(peer: PeerKey): Group {
    return this.#links.get(peer)?.group ?? this.#groupOf('')
  }

  /** Groups of everybody who is connected, let go or not. */
  connectedGroups(): Set<Group> {
    return this.#links.groups()
  }

  /** A partner that others chose, and that this node may choose as well. */
  isAdoptable(peer: PeerKey): boolean {
    const link = this.#links.get(peer)
    return link !== undefined && !link.isChosen && isKept(link)
  }

  /** Whether a peer was let go not long ago. */
  isLeftAlone(peer: PeerKey, nowMs: number): boolean {
    return this.#letGo.has(peer, nowMs)
  }

  missing(): Missing & { readonly ending: number } {
    return this.#links.missing()
  }

  /** @param isFirst - no listed peer comes before this node, as far as anybody has looked */
  noteFirst(isFirst: boolean): void {
    this.#links.noteFirst(isFirst)
  }

  /** A partner chosen evenly, or undefined when there is none. */
  pick(): PeerKey | undefined {
    return [...this.#partners][randomBelow(this.#partners.size, this.#random)]
  }

  opened(peer: PeerKey, origin: LinkOrigin, nowMs: number): void {
    this.#links.changed()
    addStream(this.#links.get(peer) ?? this.#add(peer, origin.addr, nowMs), origin)
  }

  /**
   * This node's draw named the peer, and the link to it is open: it is a partner by this node's own choice. If one side
   * has told the other that the link ends, it ends all the same.
   */
  choose(peer: PeerKey): void {
    const link = this.#links.get(peer)
    if (link === undefined || isEndTold(link)) return
    this.#links.changed()
    this.#letGo.delete(peer)
    link.partedAtMs = NEVER_MS
    link.isChosen = true
    this.#partners.add(peer)
  }

  /** Whether the peer's link was this node's choice when it broke. */
  wasChosen(peer: PeerKey): boolean {
    return this.#broken.has(peer)
  }

  /** The link to the peer, if it is meant to stay. */
  keptLink(peer: PeerKey): Link | undefined {
    return this.#links.kept(link => link.peer === peer)[0]
  }

  closed(peer: PeerKey, isSpent: boolean, nowMs: number): { link: Link; ending: LinkEnding } | undefined {
    const link = this.#links.get(peer)
    if (link === undefined) return undefined
    const ending = endingOf(link, isSpent)
    if (link.isChosen && ending !== 'agreed' && ending !== 'cut') putBounded(this.#broken, MAX_BROKEN, peer, true)
    this.#links.delete(peer)
    this.#partners.delete(peer)
    this.#keepSomebody(nowMs)
    return { link, ending }
  }

  /** Its former links are gone: it is a partner like any newcomer, though it was let go before. */
  restarted(peer: PeerKey): void {
    this.#letGo.delete(peer)
  }

  /** The peer asks to be let go, if this node dialled it, or says that it goes; then it waits for an answer. */
  release(peer: PeerKey, nowMs: number): Output[] {
    this.#links.changed()
    const link = this.#links.get(peer)
    if (link === undefined) return []
    link.hasSaidRelease = true
    this.#part(link, nowMs)
    return link.isInbound && !link.isReleased ? [this.#releaseFor(link)] : []
  }

  /** The partner is about to be hung up on. */
  hangUp(peer: PeerKey, nowMs: number): void {
    this.#links.changed()
    const link = this.#links.get(peer)
    if (link !== undefined) link.hungUpAtMs = nowMs
  }

  /** Ends what is to end, a step at a time: one surplus link, and the links whose time is over. */
  letGo(isQuiet: boolean, nowMs: number): Output[] {
    const mayBeSurplus = isQuiet && this.missing().any < 0
    const surplus = mayBeSurplus ? surplusAmong(this.#links.kept(), this.#target, this.#random) : undefined
    const out = surplus === undefined ? [] : this.end(surplus, nowMs)
    for (const link of this.#links.ending()) {
      if (this.#isHangUpDue(link, nowMs)) out.push(...this.#hangUp(link, nowMs))
      else if (isRefused(link)) out.push(this.#releaseFor(link))
    }
    this.#reviewParted(nowMs)
    return out
  }

  /** Ends a link that this node dialled, once it can do without, or asks the peer that did to end it. */
  end(link: Link, nowMs: number): Output[] {
    this.#part(link, nowMs)
    if (!link.isDialled) return [this.#releaseFor(link)]
    return this.#isToHangUp(link, nowMs) ? this.#hangUp(link, nowMs) : []
  }

  /** Gives up one of the chosen links but the newest: it is closed, or left to the peer that dialled it. */
  exchange(nowMs: number): Output[] {
    this.#links.changed()
    const former = this.#links.kept(link => link.isChosen).slice(0, -1)
    const link = former[randomBelow(former.length, this.#random)]
    if (link?.isDialled === true) return this.end(link, nowMs)
    if (link !== undefined) link.isChosen = false
    return []
  }

  /** Which links have become chosen ones since the last call, and which have ceased to be. */
  changes(): Output[] {
    return this.#told.changes(this.#links.version, this.#partners, peer => this.isChosen(peer))
  }

  /** Whether {@link changes} would tell nothing. */
  get isTold(): boolean {
    return this.#told.isUpToDate(this.#links.version)
  }

  /** When {@link letGo} may have something to do that it does not have at `nowMs`, crowds apart. */
  nextMs(nowMs: number): number {
    const reviewsMs = (link: Link) => [
      this.has(link.peer) ? link.partedAtMs + RELEASE_GRACE_MS : this.#letGo.untilMs(link.peer),
      this.#isToHangUp(link, nowMs) ? link.hungUpAtMs + HANG_UP_INTERVAL_MS : NEVER_MS
    ]
    return earliestAfter(nowMs, this.#links.ending().flatMap(reviewsMs))
  }

  /** Whoever was let go and comes back is a partner only where it is no surplus again. */
  #add(peer: PeerKey, addr: string, nowMs: number): Link {
    const isLeftAlone = this.isLeftAlone(peer, nowMs) && !hasInboundPlace(this.#links.kept(), this.#target)
    const link = newLink(peer, this.#groupOf(addr), nowMs)
    if (isLeftAlone) link.partedAtMs = nowMs - RELEASE_GRACE_MS
    this.#links.add(link)
    if (!isLeftAlone) this.#partners.add(peer)
    return link
  }

  #part(link: Link, nowMs: number): void {
    this.#links.changed()
    if (link.partedAtMs === NEVER_MS) link.partedAtMs = nowMs
    this.#letGo.add(link.peer, nowMs)
  }

  #isHangUpDue(link: Link, nowMs: number): boolean {
    return this.#isToHangUp(link, nowMs) && link.hungUpAtMs + HANG_UP_INTERVAL_MS <= nowMs
  }

  /** A link that this node dialled and that either side wants to end: once there are enough others, or it has taken too long. */
  #isToHangUp(link: Link, nowMs: number): boolean {
    if (!link.isDialled || link.partedAtMs === NEVER_MS) return false
    const { chosen, any, isEarlierMissing } = this.missing()
    if (isEarlierMissing) return false
    if (chosen <= 0 && any <= 0) return true
    return link.partedAtMs + RELEASE_GRACE_MS <= nowMs && this.#links.kept().length > 0
  }

  /** With a word, lest the partner take it for a crash. */
  #hangUp(link: Link, nowMs: number): Output[] {
    this.#links.changed()
    link.hungUpAtMs = nowMs
    return [this.#releaseFor(link), { type: 'hang-up', peer: link.peer }]
  }

  /** The word that a link is to end, and whether this node has nobody else. */
  #releaseFor(link: Link): Output {
    link.isReleased = true
    const isLast = this.#links.kept(({ peer }) => peer !== link.peer).length === 0
    return { type: 'send', to: link.peer, message: { type: 'release', ...(isLast && { isNeeded: true }) } }
  }

  /** A peer that was let go is no partner once it had its time, and may be one again when it was left alone for long enough. */
  #reviewParted(nowMs: number): void {
    for (const link of this.#links.ending()) {
      if (link.partedAtMs === NEVER_MS) continue
      if (link.partedAtMs + RELEASE_GRACE_MS <= nowMs && this.#partners.delete(link.peer)) this.#links.changed()
      if (!this.isLeftAlone(link.peer, nowMs)) this.#takeBack(link)
    }
    this.#keepSomebody(nowMs)
  }

  /** A node without partners takes back those that it has let go and that are still there, unless they are just closing. */
  #keepSomebody(nowMs: number): void {
    if (this.#partners.size > 0) return
    for (const link of this.#links.values()) if (link.hungUpAtMs + HANG_UP_INTERVAL_MS <= nowMs) this.#takeBack(link)
  }

  #takeBack(link: Link): void {
    this.#links.changed()
    this.#letGo.delete(link.peer)
    keepOn(link)
    this.#partners.add(link.peer)
  }
}
