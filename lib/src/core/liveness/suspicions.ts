/**
 * What becomes of a suspicion. It is not signed, so by itself it ends nothing: it spreads over every link, the suspect hears of it
 * and announces again, and each node that is told asks the suspect itself.
 * An entry goes before its ttl only on evidence (this node's own failed dial or probe, or reports by two partners that it chose,
 * which have evidence themselves), and only once the suspect could hear of the suspicion for as long as a refutation needs.
 */

import type { AddressBook } from '../book/address-book.ts'
import { type AddressBookEntry, agedEntry } from '../book/entry.ts'
import { LazyMap } from '../bounds/lazy-map.ts'
import type { DialOutcome, DialPurpose, Output } from '../effects.ts'
import { sendRecords, sendSuspicions } from '../gossip/send.ts'
import type { Suspicion, SyncMessage } from '../gossip/sync.ts'
import type { Overlay } from '../overlay/overlay.ts'
import type { Random } from '../random.ts'
import type { AgedRecord } from '../record/aged-record.ts'
import { compareVersions, hash32, type PeerKey, type SignedAnnouncement } from '../record/announcement.ts'
import type { Announcer } from '../record/announcer.ts'
import { Accusations } from './accusations.ts'
import { Asks, targetOf } from './asks.ts'
import { FailedDials } from './evidence/failed-dials.ts'
import { Patience } from './evidence/patience.ts'
import type { Liveness } from './liveness.ts'
import { Rumours } from './rumours.ts'
import type { Silence } from './silence.ts'
import { Suspect, suspicionsAlong } from './suspects.ts'
import { SuspicionPower, type Word } from './suspicion-power.ts'

/** The parts of a node that suspicions concern. */
interface Node {
  readonly peer: PeerKey
  readonly book: AddressBook
  readonly overlay: Overlay
  readonly liveness: Liveness
  readonly silence: Silence
  readonly announcer: Announcer
}

/** The longest time that a partner's word gives a suspect, whatever it says: twice what a network of 10,000 takes. */
const MAX_HANDED_MS = 8_000

export class Suspicions {
  readonly #node: Node
  /** BOUNDED by the book: only who is listed is suspected. */
  readonly #suspects = new LazyMap<PeerKey, Suspect>()
  readonly #power = new SuspicionPower()
  readonly #asks: Asks
  readonly #failedDials = new FailedDials()
  readonly #patience = new Patience()
  /** Suspicions of this node itself. */
  readonly accusations: Accusations
  readonly #rumours: Rumours

  constructor(node: Node, random: Random, dialBackoffMs: number) {
    const { book, overlay } = node
    this.#node = node
    this.#rumours = new Rumours(() => overlay.partners)
    this.accusations = new Accusations(node, this.#power)
    this.#asks = new Asks({
      random,
      // Suspects that turn out to live have their price, however many were planned before the first of them did.
      isAllowed: (asker, nowMs) => asker === 'self' || this.#power.mayAsk(asker, book.size, nowMs),
      dial: (target, nowMs) => overlay.dial(target, 'probe', nowMs),
      isOutOfReach: target => overlay.isOutOfReach(target),
      inVain: (peer, nowMs) => this.#prove(peer, false, nowMs),
      targetOf: peer => targetOf(book, peer),
      retryMs: dialBackoffMs
    })
  }

  /** Everybody of whom partners were told. */
  get suspected(): PeerKey[] {
    return [...this.#suspects.values()].filter(({ isUnderWay }) => isUnderWay).map(({ peer }) => peer)
  }

  /** When a suspect is to be dialled, or partners to be told. */
  get nextMs(): number {
    return Math.min(this.#asks.nextMs, this.#rumours.nextMs)
  }

  /** Whether there is evidence that the peer is gone. */
  hasEvidence(peer: PeerKey): boolean {
    return (this.#suspects.get(peer)?.evidence ?? 'none') !== 'none'
  }

  /** Tells what there is evidence of, and dials the suspects whose time has come. */
  run(nowMs: number): Output[] {
    return [...this.#rumours.flush(nowMs), ...this.#asks.run(nowMs)]
  }

  /** The connection to a partner broke without a word: perhaps it can still be reached. */
  connectionBroke(peer: PeerKey, wasDialled: boolean, nowMs: number): Output[] {
    this.#asks.plan(peer, this.#node.overlay.rejoins(wasDialled, nowMs), 'self')
    return this.run(nowMs)
  }

  /** A partner has not answered its probe in time. */
  silent(peer: PeerKey, nowMs: number): Output[] {
    return this.#prove(peer, false, nowMs)
  }

  /** A dial has ended: evidence, if the peer could not be reached and somebody wants to know. */
  dialled(peer: PeerKey, purpose: DialPurpose | undefined, outcome: DialOutcome, nowMs: number): Output[] {
    const begunAtMs = this.#asks.ended(peer, outcome)
    if (outcome === 'reached') return this.opened(peer, nowMs)
    // Its address may not be dialled: that tells nothing about the peer.
    if (outcome === 'withheld') return []
    if (purpose !== 'probe' && !this.#suspects.has(peer)) {
      this.#failedDials.failed(peer, outcome === 'refused', nowMs)
      return []
    }
    if (begunAtMs !== undefined && this.#node.silence.wasLateSince(begunAtMs)) {
      // This node was paused meanwhile: the peer may have answered in time.
      this.#asks.plan(peer, nowMs, 'self')
      return []
    }
    this.#asks.cancel(peer)
    return this.#prove(peer, outcome === 'refused', nowMs)
  }

  /** The peer is connected anew: it lives. Others that were told are to hear it from itself. */
  opened(peer: PeerKey, nowMs: number): Output[] {
    this.#asks.cancel(peer)
    this.#failedDials.forget(peer, hash32(peer))
    const suspect = this.#suspects.get(peer)
    if (suspect === undefined) return []
    const out = this.answered(peer, nowMs)
    return suspect.isSpread && out.length === 0 ? sendSuspicions(peer, [suspect.suspicion(nowMs)]) : out
  }

  /** The peer has sent something: it lives, whatever others say. If one of them is about to drop it, it is to announce itself. */
  answered(peer: PeerKey, nowMs: number): Output[] {
    const suspect = this.#suspects.get(peer)
    if (suspect === undefined || suspect.hasAnswered(nowMs)) return []
    const { contestedBy } = suspect
    this.#charge(suspect, nowMs)
    suspect.answered(nowMs)
    const mustTell = contestedBy !== undefined && this.#power.mayContest(contestedBy, this.#node.book.size, nowMs)
    return mustTell ? sendSuspicions(peer, [suspect.suspicion(nowMs)]) : []
  }

  /** There is a newer announcement of the peer; returns whether others were told that it is suspected. */
  refuted(record: SignedAnnouncement, forwarder: PeerKey | undefined, nowMs: number): boolean {
    const { peer } = record.announcement
    this.#failedDials.forget(peer, record.peerHash)
    const suspect = this.#suspects.get(peer)
    this.#patience.heard(record, this.hasEvidence(peer), this.#node.book.size, nowMs)
    if (suspect === undefined) return false
    this.#charge(suspect, nowMs)
    this.#suspects.delete(peer)
    this.#rumours.drop(suspect)
    // Others may have had it before the peer went, as an answer to what they are told: ask once more, and not for ever.
    const isDoubtful = forwarder !== peer && nowMs - suspect.provenAtMs <= this.#node.liveness.promptMs
    if (isDoubtful && this.#power.mayDoubt(peer, nowMs)) this.#asks.plan(peer, nowMs, 'self')
    return suspect.isSpread
  }

  /** The peer is gone from the book. */
  settled(peer: PeerKey, nowMs: number): void {
    const suspect = this.#suspects.get(peer)
    if (suspect !== undefined && suspect.evidence !== 'none') this.#patience.dropped(peer, suspect.version, nowMs)
    this.#suspects.delete(peer)
    this.#asks.cancel(peer)
  }

  /** Hearsay: what a partner suspects, unsigned, so no number in it is believed. */
  weigh(suspicions: readonly Suspicion[], from: PeerKey, nowMs: number): Output[] {
    const { book } = this.#node
    const out: Output[] = []
    const newer: AgedRecord[] = []
    const suspected: Suspicion[] = []
    const told = new Set<Suspect>()
    const seen = new Set<PeerKey>()
    for (const suspicion of suspicions) {
      if (!this.#power.admits(from, nowMs)) break
      const { peer } = suspicion
      if (seen.has(peer)) continue
      seen.add(peer)
      if (peer === this.#node.peer) out.push(...this.accusations.answer(suspicion, from, nowMs))
      const entry = book.get(peer)
      if (entry === undefined) continue
      if (compareVersions(entry.record.announcement, suspicion) > 0) {
        newer.push(agedEntry(entry, nowMs))
        // A newer record that is suspected as well is no refutation.
        const suspect = this.#suspects.get(peer)
        if (suspect?.isUnderWay === true) suspected.push(suspect.suspicion(nowMs))
      } else out.push(...this.#report(entry, suspicion, from, told, nowMs))
    }
    return [
      ...out,
      ...sendRecords(from, newer),
      ...sendSuspicions(from, suspected),
      ...this.#rumours.tell(told, from, nowMs)
    ]
  }

  /** The suspicions that belong to records which a partner is handed: it is to take part in what is under way. */
  accompanying(messages: readonly SyncMessage[], nowMs: number): Suspicion[] {
    return suspicionsAlong(messages, this.#suspects, nowMs)
  }

  /** A partner's report of the version that is listed here; whom to tell others of is added to `told`. */
  #report(entry: AddressBookEntry, suspicion: Suspicion, from: PeerKey, told: Set<Suspect>, nowMs: number): Output[] {
    const suspect = this.#suspectOf(entry, suspicion.refused, nowMs)
    if (suspect.hasAnswered(nowMs)) return []
    const hasEvidence = suspicion.leftMs > 0
    const word: Word = this.#node.overlay.isChosen(from) ? 'chosen' : 'inbound'
    const isNews = suspect.report(from, { hasEvidence, isChosen: word === 'chosen' })
    if (isNews && hasEvidence) {
      if (suspicion.refused) suspect.isRefused = true
      suspect.limit(Math.max(this.#timeoutMs(suspect), Math.min(suspicion.leftMs, MAX_HANDED_MS)))
    }
    const out: Output[] = []
    if (isNews && !suspect.isUnderWay) out.push(...this.#ask(suspect, from, word, told, nowMs))
    // Perhaps it was to be dialled when it was reported first, and could not be at that moment.
    else this.#askItself(suspect, from, word, nowMs, nowMs)
    // A partner that answers this node answers it whatever others say.
    if (suspect.evidence === 'none' && suspect.isReported && !this.#node.liveness.answers(suspect.peer, nowMs)) {
      suspect.evidence = 'reported'
      suspect.told(nowMs)
      told.add(suspect)
      this.#asks.cancel(suspect.peer)
    }
    this.#shorten(suspect, nowMs)
    const failed = suspect.evidence === 'own' ? undefined : this.#failedDials.of(suspect.peer, nowMs)
    return failed === undefined ? out : [...out, ...this.#prove(suspect.peer, failed.isRefused, nowMs)]
  }

  /** Lets the suspect hear of the suspicion, or asks it without a word to others: as far as the reporter's word goes. */
  #ask(suspect: Suspect, from: PeerKey, word: Word, told: Set<Suspect>, nowMs: number): Output[] {
    const { book, liveness } = this.#node
    const { peer } = suspect
    const mayTell = this.#power.isBelieved(from, book.size, nowMs) && this.#power.mayRelay(word, book.size, nowMs)
    if (liveness.answers(peer, nowMs)) {
      const ping = liveness.probe(peer, nowMs)
      if (ping.length > 0) suspect.asked(nowMs)
      if (!mayTell) return ping
      suspect.word = word
      suspect.told(nowMs)
      return [...sendSuspicions(peer, [suspect.suspicion(nowMs)]), ...ping]
    }
    if (mayTell) {
      suspect.word = word
      suspect.told(nowMs)
      told.add(suspect)
    }
    this.#askItself(suspect, from, word, mayTell ? nowMs + this.#asks.waitMs(suspect.timeoutMs) : nowMs, nowMs)
    return []
  }

  /** Plans a dial to a suspect of which there is no evidence yet, unless there is one already. */
  #askItself(suspect: Suspect, from: PeerKey, word: Word, atMs: number, nowMs: number): void {
    const { book, liveness } = this.#node
    const { peer, evidence } = suspect
    if (evidence !== 'none' || this.#asks.has(peer) || liveness.answers(peer, nowMs)) return
    const power = this.#power.isBelieved(from, book.size, nowMs) ? 'powerful' : 'powerless'
    if (!this.#power.mayAsk({ word, power }, book.size, nowMs)) return
    suspect.askedFor = { word, power }
    this.#asks.plan(peer, atMs, suspect.askedFor)
  }

  /** First-hand: the peer does not answer this node. */
  #prove(peer: PeerKey, isRefused: boolean, nowMs: number): Output[] {
    const entry = this.#node.book.get(peer)
    if (entry === undefined) return []
    const suspect = this.#suspectOf(entry, isRefused, nowMs)
    if (suspect.evidence === 'own') return []
    suspect.evidence = 'own'
    suspect.provenAtMs = nowMs
    if (isRefused) suspect.isRefused = true
    suspect.limit(this.#timeoutMs(suspect))
    this.#rumours.addProven(suspect, nowMs)
    this.#shorten(suspect, nowMs)
    return this.#rumours.flush(nowMs)
  }

  #shorten(suspect: Suspect, nowMs: number): void {
    if (suspect.evidence !== 'none') this.#node.book.shorten(suspect.peer, Math.max(nowMs, suspect.dueMs))
  }

  /** It was not true. Where the suspect took long to say so, those who suspected it had reason to. */
  #charge(suspect: Suspect, nowMs: number): void {
    const { size } = this.#node.book
    const wasAsked = !this.#asks.cancel(suspect.peer)
    if (suspect.hasBeenAskedFor(this.#node.liveness.promptMs, nowMs)) return
    for (const reporter of suspect.reporters) this.#power.chargeReporter(reporter, size, nowMs)
    if (suspect.word !== undefined) this.#power.chargeRelay(suspect.word, size, nowMs)
    if (suspect.askedFor !== undefined && wasAsked) this.#power.chargeAsk(suspect.askedFor, size, nowMs)
  }

  #suspectOf({ record: { announcement } }: AddressBookEntry, isRefused: boolean, nowMs: number): Suspect {
    const { peer } = announcement
    const known = this.#suspects.get(peer)
    if (known !== undefined && compareVersions(known.version, announcement) >= 0) return known
    const suspect = new Suspect(peer, announcement, isRefused, MAX_HANDED_MS)
    suspect.limit(this.#timeoutMs(suspect))
    suspect.patienceMs = this.#patience.of(peer, announcement, nowMs)
    this.#suspects.set(peer, suspect)
    return suspect
  }

  #timeoutMs({ isRefused }: Suspect): number {
    return this.#node.liveness.suspicionTimeoutMs(isRefused, this.#node.book.size)
  }
}
