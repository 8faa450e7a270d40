/**
 * Answers to what partners ask, each paid for before it is made: by the group of the partner's connection, and by the node.
 *
 * What cannot be paid for waits, one message after another, and is sent as the budget allows: those whose group and who themselves
 * have used least come first. A question that has waited for too long is dropped, since the books have moved on.
 */
import type { AddressBook } from '../book/address-book.ts'
import { BUCKETS } from '../book/digest.ts'
import type { Payer } from '../bounds/budget.ts'
import type { Budgets } from '../bounds/budgets.ts'
import type { Group } from '../bounds/group.ts'
import { BYTE_US, ENTRY_US, ITEM_US } from '../bounds/prices.ts'
import type { Output } from '../effects.ts'
import type { PeerKey } from '../record/announcement.ts'
import type { SyncMessage } from './sync.ts'

/** What is answered with more than a word; a `welcome` is the whole book for a newcomer that has not asked yet. */
export type Question = Extract<SyncMessage, { type: 'digest' | 'summary' | 'want' }> | { readonly type: 'welcome' }

/** Makes the answer to a question, when it is paid for. */
export type Answer = (from: PeerKey, question: Question, nowMs: number) => SyncMessage[]

/** A whole book of 20,000 entries is summed up in as many. */
const MAX_QUESTIONS = 24

/** Items of waiting questions, of all partners: about 10 MiB. */
const MAX_ITEMS_WAITING = 65_536

/** Some seconds later the partner compares again by itself. */
const MAX_WAIT_MS = 10_000

/** Of an answer that was made the rest is sent slowly, rather than made once more; but not for ever. */
const MAX_SEND_MS = 60_000

/** Time between two looks at those who wait. */
const RETRY_MS = 50

/** Of a message, on the wire. */
const ITEM_BYTES = 55
const FRAME_BYTES = 16

/** A partner, what it has asked, and what of the answers has not been sent. */
interface Asker {
  /** Its `connection` is the partner. */
  readonly payer: Payer
  /** BOUNDED by `MAX_QUESTIONS`. */
  questions: { readonly question: Question; readonly atMs: number }[]
  /** BOUNDED by the book: one answer at a time. Its records are those of the book. */
  unsent: SyncMessage[]
  /** When that answer was made. */
  madeAtMs: number
}

export class Answers {
  /** BOUNDED by the partners. */
  readonly #askers = new Map<PeerKey, Asker>()
  /** BOUNDED by the partners. They wait for something. */
  readonly #waiting = new Set<Asker>()
  readonly #book: AddressBook
  readonly #budgets: Budgets
  readonly #answer: Answer
  #itemsWaiting = 0
  #nextMs = Number.POSITIVE_INFINITY

  constructor(book: AddressBook, budgets: Budgets, answer: Answer) {
    this.#book = book
    this.#budgets = budgets
    this.#answer = answer
  }

  /** When to look whether something that waits can be paid for. */
  get nextMs(): number {
    return this.#nextMs
  }

  opened(partner: PeerKey, group: Group): void {
    this.#askers.set(partner, { payer: { group, connection: partner }, questions: [], unsent: [], madeAtMs: 0 })
  }

  closed(partner: PeerKey): void {
    const asker = this.#askers.get(partner)
    if (asker === undefined) return
    for (const { question } of asker.questions) this.#itemsWaiting -= itemsOf(question)
    this.#askers.delete(partner)
    this.#waiting.delete(asker)
  }

  /** The partner asks; the answer is sent as far as it can be paid for, and once others that wait have had their turn. */
  ask(partner: PeerKey, question: Question, nowMs: number, out: Output[]): void {
    const asker = this.#askers.get(partner)
    if (asker === undefined) return
    if (asker.questions.length >= MAX_QUESTIONS) {
      this.#drop(asker, nowMs, out)
      return
    }
    // A newer digest says what an older one said.
    if (question.type === 'digest') this.#forget(asker, ({ type }) => type === 'digest')
    asker.questions.push({ question, atMs: nowMs })
    this.#itemsWaiting += itemsOf(question)
    this.#waiting.add(asker)
    if (this.#waiting.size === 1) this.#serve(nowMs, out)
    while (this.#itemsWaiting > MAX_ITEMS_WAITING) this.#dropGreediest(nowMs, out)
  }

  /** Sends what can be paid for by now, and drops what has waited for too long. */
  run(nowMs: number, out: Output[]): void {
    if (nowMs < this.#nextMs) return
    for (const asker of this.#waiting) {
      const late = this.#forget(asker, (_, atMs) => nowMs - atMs > MAX_WAIT_MS)
      for (let i = 0; i < late; i++) this.#drop(asker, nowMs, out)
      if (asker.unsent.length === 0 || nowMs - asker.madeAtMs <= MAX_SEND_MS) continue
      asker.unsent = []
      this.#drop(asker, nowMs, out)
    }
    this.#serve(nowMs, out)
  }

  #serve(nowMs: number, out: Output[]): void {
    for (const asker of this.#budgets.traffic.inOrder([...this.#waiting], nowMs)) {
      if (this.#serveOne(asker, nowMs, out)) this.#waiting.delete(asker)
    }
    this.#nextMs = this.#waiting.size > 0 ? nowMs + RETRY_MS : Number.POSITIVE_INFINITY
  }

  /** Returns whether nothing is left. */
  #serveOne(asker: Asker, nowMs: number, out: Output[]): boolean {
    const { work, traffic } = this.#budgets
    const partner = asker.payer.connection
    while (true) {
      const message = asker.unsent[0]
      if (message !== undefined) {
        const bytes = bytesOf(message)
        if (!traffic.admits(asker.payer, bytes, nowMs)) return false
        work.charge(asker.payer, bytes * BYTE_US + itemsOf(message) * ITEM_US, nowMs)
        asker.unsent.shift()
        out.push({ type: 'send', to: partner, message: olderBy(message, nowMs - asker.madeAtMs) })
        continue
      }
      const next = asker.questions[0]
      if (next === undefined) return true
      // No answer is made of which nothing could be sent.
      if (!traffic.admits(asker.payer, 0, nowMs)) return false
      if (!work.admits(asker.payer, this.#priceUs(partner, next.question), nowMs)) return false
      asker.questions.shift()
      this.#itemsWaiting -= itemsOf(next.question)
      asker.unsent = this.#answer(partner, next.question, nowMs)
      asker.madeAtMs = nowMs
    }
  }

  /** Of making the answer, apart from sending it. */
  #priceUs(partner: PeerKey, question: Question): number {
    const { size } = this.#book
    switch (question.type) {
      case 'welcome':
        return size * ENTRY_US
      case 'want':
        return new Set(question.peers).size * ENTRY_US
      case 'digest': {
        const own = this.#book.digest(partner)
        const differing = own.reduce((sum, hash, bucket) => sum + Number(hash !== question.buckets[bucket]), 0)
        return ((size * differing) / BUCKETS) * ENTRY_US
      }
      case 'summary':
        return ((size * new Set(question.buckets).size) / BUCKETS + question.items.length) * ENTRY_US
    }
  }

  /** Forgets the asker's questions that the condition holds for; returns how many. */
  #forget(asker: Asker, isOver: (question: Question, atMs: number) => boolean): number {
    const kept = asker.questions.filter(({ question, atMs }) => !isOver(question, atMs))
    const forgotten = asker.questions.length - kept.length
    if (forgotten === 0) return 0
    for (const { question } of asker.questions) this.#itemsWaiting -= itemsOf(question)
    for (const { question } of kept) this.#itemsWaiting += itemsOf(question)
    asker.questions = kept
    return forgotten
  }

  /** The partner whose questions hold the most items loses the last one of them. */
  #dropGreediest(nowMs: number, out: Output[]): void {
    let greediest: Asker | undefined
    let most = -1
    for (const asker of this.#waiting) {
      const items = asker.questions.reduce((sum, { question }) => sum + itemsOf(question), 0)
      if (items > most) [greediest, most] = [asker, items]
    }
    const { question } = greediest!.questions.pop()!
    this.#itemsWaiting -= itemsOf(question)
    this.#drop(greediest!, nowMs, out)
  }

  #drop({ payer }: Asker, nowMs: number, out: Output[]): void {
    this.#budgets.dropped(nowMs)
    out.push({ type: 'ignored', reason: 'over-budget', peer: payer.connection })
  }
}

/** Items that a message has to name one by one, each with a peer id. */
function itemsOf(message: Question | SyncMessage): number {
  if (message.type === 'summary') return message.items.length
  if (message.type === 'want') return message.peers.length
  return message.type === 'suspicions' ? message.suspicions.length : 0
}

/** A message that has waited: its records have grown older. */
export function olderBy(message: SyncMessage, waitedMs: number): SyncMessage {
  if (!('records' in message) || waitedMs < 1) return message
  const records = message.records.map(aged => ({ ...aged, ageMs: aged.ageMs + Math.floor(waitedMs) }))
  return { ...message, records }
}

/** About what a message takes on the wire. */
export function bytesOf(message: SyncMessage): number {
  if (!('records' in message)) return FRAME_BYTES + itemsOf(message) * ITEM_BYTES
  return message.records.reduce((sum, { record }) => sum + record.envelopeBytes, FRAME_BYTES)
}
