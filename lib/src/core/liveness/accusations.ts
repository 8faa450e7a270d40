/** Suspicions of this node itself, and its answers. */

import type { AddressBook } from '../book/address-book.ts'
import { Recent } from '../bounds/recent.ts'
import type { Output } from '../effects.ts'
import { sendRecords, sendWishes } from '../gossip/send.ts'
import type { Suspicion } from '../gossip/sync.ts'
import { compareVersions, type PeerKey, type Version } from '../record/announcement.ts'
import type { Announcer } from '../record/announcer.ts'
import type { Silence } from './silence.ts'
import type { SuspicionPower } from './suspicion-power.ts'

/** Partners that accuse one version of this node; beyond them nobody is charged for it. */
const MAX_ACCUSERS = 64

/** Least time between two answers to one accuser that are no news to anybody else. */
const ANSWER_INTERVAL_MS = 200

/** Least time between two announcements for accusers that have lost the power to suspect: one of them may be right all the same. */
const UNBELIEVED_INTERVAL_MS = 10_000

/** A node that was late within this time takes nobody's suspicion amiss. */
const LATE_LATELY_MS = 10_000

interface Node {
  readonly peer: PeerKey
  readonly book: AddressBook
  readonly announcer: Announcer
  readonly silence: Silence
}

export class Accusations {
  readonly #node: Node
  readonly #power: SuspicionPower
  #version: Version = { epoch: 0, seq: 0 }
  /** BOUNDED by `MAX_ACCUSERS`. Who accuses this version. */
  readonly #accusers = new Set<PeerKey>()
  /** BOUNDED by `MAX_ACCUSERS`, twice. When each was last answered by itself. */
  readonly #answers = new Recent<PeerKey, { atMs: number }>(MAX_ACCUSERS)
  #isAnswerDue = false
  #unbelievedAtMs = Number.NEGATIVE_INFINITY

  constructor(node: Node, power: SuspicionPower) {
    this.#node = node
    this.#power = power
  }

  /** Whether the next announcement answers a suspicion; asked once it is signed. */
  takeAnswer(): boolean {
    const isAnswer = this.#isAnswerDue
    this.#isAnswerDue = false
    return isAnswer
  }

  /** This node is suspected: announce again, unless the suspicion is older than the last announcement. */
  answer(suspicion: Suspicion, from: PeerKey, nowMs: number): Output[] {
    const { peer, announcer } = this.#node
    const { own } = announcer
    if (own === undefined) return []
    const isOld = compareVersions(own.announcement, suspicion) > 0
    const isBelieved = this.#isBelieved(from, nowMs) || nowMs >= this.#unbelievedAtMs + UNBELIEVED_INTERVAL_MS
    // Others have an answer, which shows them that this node lives, and no announcement.
    if (isOld || !isBelieved) {
      return this.#mayAnswer(from, nowMs) ? sendRecords(from, [{ record: own, ageMs: 0 }]) : []
    }
    if (announcer.outdo(own.announcement, nowMs)) {
      this.#isAnswerDue = true
      if (!this.#isBelieved(from, nowMs)) this.#unbelievedAtMs = nowMs
      this.#charge(from, nowMs)
    }
    // A number beyond ours can come from a former run alone, and then there is a signed announcement of it.
    const isBeyond = compareVersions(suspicion, announcer.version) > 0
    return isBeyond && this.#mayAnswer(from, nowMs) ? sendWishes(from, [peer]) : []
  }

  /** Once for each version: what is said twice of one is one suspicion. */
  #charge(accuser: PeerKey, nowMs: number): void {
    const { announcer, book } = this.#node
    if (compareVersions(announcer.version, this.#version) !== 0) {
      this.#version = announcer.version
      this.#accusers.clear()
    }
    if (this.#accusers.has(accuser) || this.#accusers.size >= MAX_ACCUSERS) return
    this.#accusers.add(accuser)
    if (!this.#wasLate(nowMs)) this.#power.chargeReporter(accuser, book.size, nowMs)
  }

  #isBelieved(accuser: PeerKey, nowMs: number): boolean {
    return this.#wasLate(nowMs) || this.#power.isBelieved(accuser, this.#node.book.size, nowMs)
  }

  /** A node that was paused or starved is rightly suspected. */
  #wasLate(nowMs: number): boolean {
    return this.#node.silence.wasLateSince(nowMs - LATE_LATELY_MS)
  }

  #mayAnswer(accuser: PeerKey, nowMs: number): boolean {
    const answer = this.#answers.get(accuser)
    if (answer !== undefined && nowMs < answer.atMs + ANSWER_INTERVAL_MS) return false
    this.#answers.set(accuser, { atMs: nowMs })
    return true
  }
}
