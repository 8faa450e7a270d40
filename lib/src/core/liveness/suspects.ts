/** The suspicions that are under way, and what each of them stands on. */

import type { Suspicion, SyncMessage } from '../gossip/sync.ts'
import type { PeerKey, Version } from '../record/announcement.ts'
import type { AskAccount, Word } from './suspicion-power.ts'

/** What may end an entry before its ttl: this node's own failed dial or probe, or reports by two partners that it chose. */
export type Evidence = 'none' | 'own' | 'reported'

/** Reports of chosen partners, each with evidence of its own, that are evidence here. */
const REPORTS_NEEDED = 2

/** Partners whose reports are kept for one suspect; a node has some six. */
const MAX_REPORTERS = 64

/**
 * A silent suspect of which nobody else has evidence has so many times as long: perhaps it is this node that does not hear.
 * After Lifeguard, which begins with six times as long and comes down with each confirmation.
 */
const UNCONFIRMED_FACTOR = 3

/** An answer of the suspect settles what is reported of the same version within this time: reports cross it on the way. */
const ANSWER_LASTS_MS = 500

interface Report {
  /** The reporter has evidence, and has shortened the time of its own entry. */
  readonly hasEvidence: boolean
  readonly isChosen: boolean
}

/** One peer that somebody suspects to be gone. */
export class Suspect {
  readonly peer: PeerKey
  readonly version: Version
  /** Its host answered that nobody listens there. */
  isRefused: boolean
  evidence: Evidence = 'none'
  /** Its silence is borne for so long at least. A host that answers that nobody listens there is no silence. */
  patienceMs = 0
  /** When this node had evidence of its own. */
  provenAtMs = Number.NEGATIVE_INFINITY
  /** The partners were told, and the host. */
  isSpread = false
  /** Whose word that was for; undefined for this node's own. */
  word: Word | undefined
  /** This node asks it, or has asked it, on this account. */
  askedFor: AskAccount | undefined
  /** BOUNDED by `MAX_REPORTERS`. */
  readonly #reports = new Map<PeerKey, Report>()
  #toldAtMs: number | undefined
  #askedAtMs: number | undefined
  #timeoutMs: number
  #answeredAtMs = Number.NEGATIVE_INFINITY

  constructor(peer: PeerKey, { epoch, seq }: Version, isRefused: boolean, timeoutMs: number) {
    this.peer = peer
    this.version = { epoch, seq }
    this.isRefused = isRefused
    this.#timeoutMs = timeoutMs
  }

  get reporters(): MapIterator<PeerKey> {
    return this.#reports.keys()
  }

  /** Time that the suspect is given, from when it could hear of the suspicion. */
  get timeoutMs(): number {
    return this.#timeoutMs
  }

  /** When the entry may go, once there is evidence: never before the suspect had its time. */
  get dueMs(): number {
    if (this.evidence === 'none' || this.#toldAtMs === undefined) return Number.POSITIVE_INFINITY
    const isConfirmed = this.isRefused || this.evidence === 'reported' || this.#count(false) > 0
    const timeoutMs = this.#timeoutMs * (isConfirmed ? 1 : UNCONFIRMED_FACTOR)
    return this.#toldAtMs + (this.isRefused ? timeoutMs : Math.max(timeoutMs, this.patienceMs))
  }

  /** Whether partners are to hear of it: this node has not only been told by one whose word does not suffice. */
  get isUnderWay(): boolean {
    return this.#toldAtMs !== undefined
  }

  /** As partners are told of it. */
  suspicion(nowMs: number): Suspicion {
    const { peer, version, isRefused: refused } = this
    return { peer, ...version, refused, leftMs: this.#leftMs(nowMs) }
  }

  /** The suspect can hear of it from this time on, since it is told itself, or the partners are. */
  told(atMs: number): void {
    this.#toldAtMs ??= atMs
    this.asked(atMs)
  }

  /** The suspect is asked, and may answer. */
  asked(atMs: number): void {
    this.#askedAtMs ??= atMs
  }

  /** Whether the suspect has had longer than this to answer. */
  hasBeenAskedFor(durationMs: number, nowMs: number): boolean {
    return this.#askedAtMs !== undefined && nowMs - this.#askedAtMs > durationMs
  }

  /** Whose word it is that there is evidence, though the suspect has not been told so; undefined where nobody's is. */
  get contestedBy(): Word | undefined {
    if (this.isUnderWay || this.#count(false) === 0) return undefined
    return this.#count(true) > 0 ? 'chosen' : 'inbound'
  }

  hasAnswered(nowMs: number): boolean {
    return nowMs - this.#answeredAtMs < ANSWER_LASTS_MS
  }

  /** The suspect lives, as far as this node can tell: what was said against it is void. */
  answered(nowMs: number): void {
    this.#answeredAtMs = nowMs
    this.evidence = 'none'
    this.#toldAtMs = undefined
    this.#askedAtMs = undefined
    this.word = undefined
    this.askedFor = undefined
    this.#reports.clear()
  }

  /** Gives no more time than this. */
  limit(timeoutMs: number): void {
    this.#timeoutMs = Math.min(this.#timeoutMs, timeoutMs)
  }

  /** Notes what a partner says; false when it says nothing new. */
  report(partner: PeerKey, report: Report): boolean {
    const known = this.#reports.get(partner)
    if (known !== undefined && (known.hasEvidence || !report.hasEvidence)) return false
    if (known === undefined && this.#reports.size >= MAX_REPORTERS) return false
    this.#reports.set(partner, report)
    return true
  }

  /** Whether enough chosen partners have evidence for this node to have it, too. */
  get isReported(): boolean {
    return this.#count(true) >= REPORTS_NEEDED
  }

  /** 0 without evidence. */
  #leftMs(nowMs: number): number {
    if (this.evidence === 'none' || this.#toldAtMs === undefined) return 0
    return Math.max(1, Math.ceil(this.#toldAtMs + this.#timeoutMs - nowMs))
  }

  /** Reporters that have evidence. */
  #count(mustBeChosen: boolean): number {
    let count = 0
    for (const { hasEvidence, isChosen } of this.#reports.values()) {
      if (hasEvidence && (isChosen || !mustBeChosen)) count++
    }
    return count
  }
}

/** The suspicions under way that concern the records in these messages. */
export function suspicionsAlong(
  messages: readonly SyncMessage[],
  suspects: Pick<ReadonlyMap<PeerKey, Suspect>, 'get' | 'size'>,
  nowMs: number
): Suspicion[] {
  if (suspects.size === 0) return []
  const records = messages.flatMap(message => (message.type === 'records' ? message.records : []))
  return records.flatMap(({ record }) => {
    const suspect = suspects.get(record.announcement.peer)
    return suspect?.isUnderWay === true ? [suspect.suspicion(nowMs)] : []
  })
}
