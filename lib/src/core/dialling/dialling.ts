/**
 * Whom to dial: few peers, chosen at random, one or two at a time, so that the overlay is connected, its degree is bounded,
 * and no crowd of handshakes starves the host.
 */
import type { AddressBook } from '../book/address-book.ts'
import { endpointOfItsOwn } from '../bounds/endpoint.ts'
import type { DialPurpose, DialTarget, Output, PeerSource } from '../effects.ts'
import type { Crowd } from '../overlay/crowd.ts'
import { earliestAfter, type Link, type LinkEnding, type LinkOrigin } from '../overlay/links.ts'
import type { Partners } from '../overlay/partners.ts'
import { randomBelow } from '../random.ts'
import type { PeerKey } from '../record/announcement.ts'
import { BackOff, ProbeWaits } from './back-off.ts'
import { type Candidate, Candidates, mergedAddrs } from './candidates.ts'
import { Climb } from './draws/climb.ts'
import { DirectWays } from './draws/direct-ways.ts'
import { draws } from './draws/draw.ts'
import { drawFadedRatio, fadedTargets } from './draws/faded.ts'
import { Eclipse } from './eclipse.ts'
import { Hearsay } from './hearsay.ts'
import { Pace } from './pace.ts'
import { type Admitted, type Links, type OverlayHost, Reach } from './reach.ts'
import { type Purpose, termsOf, toldOf, UnderWay } from './under-way.ts'

/** Keeps the dials that are under way, and says whom to dial next. */
export class Dialling {
  readonly #candidates = new Candidates()
  readonly #eclipse = new Eclipse()
  readonly #backOff: BackOff
  readonly #hearsay: Hearsay
  readonly #pace: Pace
  readonly #crowd: Crowd
  readonly #partners: Partners
  readonly #host: OverlayHost
  readonly #fadedRatio: number
  readonly #probeWaits: ProbeWaits
  readonly #underWay = new UnderWay()
  readonly #climber: Climb
  readonly #directWays: DirectWays
  readonly #reach: Reach

  constructor(self: PeerKey, dialBackoffMs: number, host: OverlayHost, { partners, circuits, crowd }: Links) {
    this.#host = host
    this.#probeWaits = new ProbeWaits(dialBackoffMs)
    this.#partners = partners
    this.#crowd = crowd
    this.#backOff = new BackOff(dialBackoffMs, host.random)
    this.#hearsay = new Hearsay(host.endpointOf ?? endpointOfItsOwn)
    this.#pace = new Pace(crowd, host.random)
    this.#climber = new Climb(self, host.random)
    this.#fadedRatio = drawFadedRatio(host.random)
    const parts = { self, partners, circuits, underWay: this.#underWay, backOff: this.#backOff, hearsay: this.#hearsay }
    this.#reach = new Reach({ ...parts, isCircuit: host.isCircuit ?? (() => false) })
    this.#directWays = new DirectWays({
      reach: this.#reach,
      partners,
      pace: this.#pace,
      groupOf: host.groupOf,
      random: host.random
    })
  }

  addNamed(target: DialTarget): void {
    this.#candidates.addNamed(target, this.#partners.isConnected(target.id))
    this.#backOff.forgive(target.id)
  }

  addFound(target: DialTarget, source: PeerSource, nowMs: number): void {
    this.#candidates.addFound(target, source)
    if (this.#underWay.untried(target.id, target.addrs).length > 0) this.#backOff.wake(target.id, nowMs)
  }

  opened(peer: PeerKey, { initiator, addr }: LinkOrigin): void {
    this.#hearsay.met(peer, addr, initiator)
    const isOfOwnChoice = initiator && this.#isOfOwnChoice(this.#underWay.get(peer), peer)
    if (isOfOwnChoice || this.#candidates.isNamed(peer)) this.#choose(peer)
  }

  /** A link ended; a wait follows unless that was agreed on. */
  closed({ peer, openedAtMs, isDialled, isChosen }: Link, ending: LinkEnding, nowMs: number): void {
    if (ending !== 'agreed') this.#backOff.broke(peer, nowMs - openedAtMs, isDialled || isChosen, nowMs)
  }

  /** A link that broke is dialled again: nobody takes its place meanwhile. */
  rejoins(nowMs: number): void {
    this.#pace.rejoins(nowMs)
  }

  /** The dials to peers that are missing as partners. */
  connects(book: AddressBook, isRenewing: boolean, nowMs: number): Output[] {
    const out = this.#joins(nowMs)
    for (let next = this.#nextConnect(book, isRenewing, nowMs); next !== undefined; ) {
      out.push(this.#begin(next, 'connect', nowMs))
      next = this.#nextConnect(book, isRenewing, nowMs)
    }
    out.push(...this.#climb(book, nowMs), ...this.#seekDirect(book, nowMs))
    if (this.#partners.missing().chosen <= 0) this.#eclipse.over()
    out.push(...this.#eclipse.warn(nowMs))
    return out
  }

  /** Whether {@link connects} may have something to do: no more than a glance, at nobody of the book. */
  mayConnect(isRenewing: boolean, nowMs: number): boolean {
    if (this.#isWanted(isRenewing) && nowMs >= this.#pace.notBeforeMs(this.#isAlone)) return true
    if (nowMs >= this.#pace.namedNotBeforeMs(this.#isAlone) && this.#owed(nowMs).length > 0) return true
    return this.#isClimbDue(nowMs) || nowMs >= this.#directWays.nextMs
  }

  /** A dial to a peer that was lost, unless one to it or enough for this purpose are under way. */
  dial(target: DialTarget, purpose: Exclude<DialPurpose, 'connect'>, nowMs: number): Output[] {
    if (!this.#reach.isSought(target.id) || !this.#underWay.mayBegin(purpose, this.#isAlone, nowMs)) return []
    if (purpose === 'probe' && this.#probeWaits.has(target.id, nowMs)) return []
    const admitted = this.#reach.admitted({ ...target, trusted: [] }, nowMs)
    if (admitted === undefined) return []
    if (purpose === 'probe') this.#probeWaits.begin(target.id, this.#backOff.waitMs(target.id), nowMs)
    return [this.#begin(admitted, purpose, nowMs)]
  }

  /** Whether no dial can reach a peer that is not connected. */
  isOutOfReach({ id, addrs }: DialTarget): boolean {
    return !this.#partners.isConnected(id) && this.#hearsay.isOutOfReach(addrs)
  }

  /** A dial to one of the listed peers that nobody has had news of for long: a torn overlay is mended before it costs entries. */
  reachFading(peers: readonly PeerKey[], book: AddressBook, nowMs: number): Output[] {
    const faded = fadedTargets(peers, book, this.#fadedRatio, nowMs).filter(({ id }) =>
      this.#reach.isDialable(id, nowMs)
    )
    const target = faded[randomBelow(faded.length, this.#host.random)]
    return target === undefined ? [] : this.dial(target, 'heal', nowMs)
  }

  /**
   * The outcome of a dial; returns what it was for.
   *
   * @param peer - who answered, where only an address was known
   */
  dialled(id: string, reached: boolean, nowMs: number, peer: PeerKey = id): DialPurpose | undefined {
    const purpose = this.#underWay.end(id)
    const told = purpose && toldOf(purpose)
    if (told === 'connect' && !this.#candidates.isNamed(id)) this.#pace.tried(reached, nowMs)
    if (purpose === 'connect' && !reached) this.#eclipse.failed(nowMs)
    if (!reached) {
      // In a crowd, whoever has no room at this moment has some soon: for a node that is alone the wait does not double yet.
      this.#backOff.failed(id, this.#isAlone && nowMs < this.#crowd.untilMs, nowMs)
      return told
    }
    this.#backOff.reached(id, nowMs)
    this.#candidates.reached(id)
    if (this.#isOfOwnChoice(purpose, peer)) this.#choose(peer)
    return told
  }

  /** The host did not dial, which tells nothing about the peer: it waits for its turn, and others are drawn meanwhile. */
  withheld(id: string, nowMs: number): DialPurpose | undefined {
    const purpose = this.#underWay.end(id)
    this.#backOff.failed(id, true, nowMs)
    this.#pace.drewNobody(nowMs)
    return purpose && toldOf(purpose)
  }

  /** When {@link connects} may have something to do that it does not have at `nowMs`. */
  nextMs(isRenewing: boolean, nowMs: number): number {
    const times = [this.#directWays.nextMs]
    for (const { id } of this.#owed(nowMs))
      times.push(this.#pace.namedNotBeforeMs(this.#isAlone), this.#backOff.notBeforeMs(id))
    if (this.#isAlone) times.push(this.#underWay.nextAloneMs)
    if (this.#isClimbing) times.push(this.#climber.nextMs(this.#pace))
    if (this.#isWanted(isRenewing)) {
      const drawMs = this.#backOff.nextAfterWaitMs(nowMs, endMs => this.#pace.nextDrawMs(endMs))
      times.push(this.#pace.notBeforeMs(this.#isAlone), drawMs)
    }
    return earliestAfter(nowMs, times)
  }

  get #isAlone(): boolean {
    return this.#partners.size === 0
  }

  /** Addresses that have become known of peers which are being dialled: one that is dead must not keep the others waiting. */
  #joins(nowMs: number): Output[] {
    return this.#underWay.connects().flatMap(id => {
      const candidate = this.#candidates.take(id)
      const others = this.#underWay.untried(id, candidate?.addrs ?? [])
      const admitted = others.length === 0 ? undefined : this.#reach.admitted({ ...candidate!, addrs: others }, nowMs)
      return admitted === undefined ? [] : [this.#begin(admitted, 'connect', nowMs)]
    })
  }

  #nextConnect(book: AddressBook, isRenewing: boolean, nowMs: number): Admitted | undefined {
    const mayBegin = this.#underWay.mayBegin('connect', this.#isAlone, nowMs)
    const mayBeginNamed = mayBegin || this.#underWay.mayBeginNamed()
    const named = mayBeginNamed ? this.#nextNamed(book, nowMs) : undefined
    return named ?? (mayBegin ? this.#nextWanted(book, isRenewing, nowMs) : undefined)
  }

  #begin({ id, addrs, trusted, hearsay }: Admitted, purpose: Purpose, nowMs: number): Output {
    this.#underWay.begin(id, addrs, purpose, nowMs)
    return { type: 'dial', target: { id, addrs }, trusted, hearsay, ...termsOf(purpose) }
  }

  #isWanted(isRenewing: boolean): boolean {
    const { chosen, any } = this.#partners.missing()
    return chosen > 0 || any > 0 || isRenewing
  }

  /** A node that strangers may have surrounded goes back to the peers that its application trusts. */
  #owed(nowMs: number): Candidate[] {
    return this.#candidates.owed(this.#isAlone || this.#eclipse.isOn(nowMs))
  }

  #nextNamed(book: AddressBook, nowMs: number): Admitted | undefined {
    if (nowMs < this.#pace.namedNotBeforeMs(this.#isAlone)) return undefined
    for (const { id, addrs, trusted } of this.#owed(nowMs)) {
      if (!this.#reach.isDialable(id, nowMs)) continue
      const merged = mergedAddrs(addrs, book.get(id)?.record.announcement.addrs)
      // The host is to find a peer of which the application knows no address.
      if (merged.length === 0) return { id, addrs: [], trusted: [], hearsay: [] }
      const admitted = this.#reach.admitted({ id, addrs: merged, trusted }, nowMs)
      if (admitted !== undefined) return admitted
    }
    return undefined
  }

  #nextWanted(book: AddressBook, isRenewing: boolean, nowMs: number): Admitted | undefined {
    if (!this.#isWanted(isRenewing) || nowMs < this.#pace.notBeforeMs(this.#isAlone)) return undefined
    for (let found = this.#candidates.takeFound(); found !== undefined; found = this.#candidates.takeFound()) {
      const admitted = this.#reach.isDialable(found.id, nowMs) ? this.#reach.admitted(found, nowMs) : undefined
      if (admitted !== undefined) return admitted
    }
    return this.#pace.mayDraw(nowMs) ? this.#draw(book, isRenewing, nowMs) : undefined
  }

  /** Draws a peer of the book: one to dial, or a partner whose link this node makes its own choice. */
  #draw(book: AddressBook, isRenewing: boolean, nowMs: number): Admitted | undefined {
    const mayAdopt = this.#partners.missing().chosen > 0 || isRenewing
    const isSought = (peer: PeerKey) =>
      this.#partners.isAdoptable(peer)
        ? mayAdopt
        : this.#reach.isDialable(peer, nowMs) && !this.#isLeftAlone(peer, nowMs)
    const { groupOf, random } = this.#host
    for (const { record } of draws(book, isSought, groupOf, this.#partners.connectedGroups(), random)) {
      const { peer, addrs } = record.announcement
      if (this.#partners.isAdoptable(peer)) {
        this.#choose(peer)
        return undefined
      }
      const admitted = this.#reach.admitted({ id: peer, addrs, trusted: [] }, nowMs)
      if (admitted === undefined) continue
      this.#pace.drewSomebody()
      return admitted
    }
    this.#pace.drewNobody(nowMs)
    return undefined
  }

  /** A dial to an earlier peer. */
  #climb(book: AddressBook, nowMs: number): Output[] {
    if (!this.#isClimbDue(nowMs) || !this.#underWay.mayBegin('connect', this.#isAlone, nowMs)) return []
    const isDialable = (peer: PeerKey) => this.#reach.isDialable(peer, nowMs)
    const isLeftAlone = (peer: PeerKey) => this.#isLeftAlone(peer, nowMs)
    const drawn = this.#climber.draw(book, { isDialable, isLeftAlone }, nowMs)
    if (drawn === 'first') this.#partners.noteFirst(true)
    const admitted = typeof drawn === 'object' ? this.#reach.admitted({ ...drawn, trusted: [] }, nowMs) : undefined
    return admitted === undefined ? [] : [this.#begin(admitted, 'climb', nowMs)]
  }

  /** A dial without relays, to a partner whom a circuit leads to, or to somebody else. */
  #seekDirect(book: AddressBook, nowMs: number): Output[] {
    const mayBegin = this.#underWay.mayBegin('connect', this.#isAlone, nowMs)
    const found = this.#directWays.next(book, mayBegin, nowMs)
    return found === undefined ? [] : [this.#begin(found, 'direct', nowMs)]
  }

  get #isClimbing(): boolean {
    return !this.#isAlone && this.#partners.missing().isEarlierMissing
  }

  #isClimbDue(nowMs: number): boolean {
    return this.#isClimbing && nowMs >= this.#climber.nextMs(this.#pace)
  }

  #choose(peer: PeerKey): void {
    this.#partners.choose(peer)
    this.#eclipse.over()
  }

  /**
   * Whether a dial for that purpose was for a peer that this node drew, or that was its choice before the link broke. A heal dial
   * is none: whoever falls silent makes others dial it.
   */
  #isOfOwnChoice(purpose: Purpose | undefined, peer: PeerKey): boolean {
    return purpose === 'connect' || purpose === 'direct' || (purpose === 'probe' && this.#partners.wasChosen(peer))
  }

  #isLeftAlone(peer: PeerKey, nowMs: number): boolean {
    return !this.#isAlone && this.#partners.isLeftAlone(peer, nowMs)
  }
}
