/** What waits to be answered: at which price, in which order, and what takes the place of what. */
import { test } from 'tap'
import { AddressBook } from '../../../src/core/book/address-book.ts'
import { BUCKETS } from '../../../src/core/book/digest.ts'
import type { Budgets } from '../../../src/core/bounds/budgets.ts'
import { ENTRY_US } from '../../../src/core/bounds/prices.ts'
import type { Output } from '../../../src/core/effects.ts'
import { Answers, type Question } from '../../../src/core/gossip/answers.ts'
import { record } from '../records.ts'

const RETRY_MS = 50

const DIGEST = {
  type: 'digest',
  salt: 0,
  buckets: new Uint32Array(BUCKETS),
  sure: new Uint8Array(8),
  room: 'all'
} as const satisfies Question

const QUESTIONS = {
  digest: DIGEST,
  want: { type: 'want', peers: [] },
  summary: { type: 'summary', buckets: [], items: [] }
} as const

test('of the digests of one partner only the last is answered, and all else is answered in its order', async t => {
  const { answered, ask, pay } = asked()
  ask('want', 'digest', 'summary', 'digest', 'want', 'digest')
  t.strictSame(answered(), [])
  pay()
  t.strictSame(answered(), ['want 1', 'summary 3', 'want 5', 'digest 6'])
})

test('what waits is looked at ever again until it is answered; then nothing is due', async t => {
  const { answers, ask, pay } = asked()
  t.equal(answers.nextMs, Number.POSITIVE_INFINITY)
  ask('want')
  t.equal(answers.nextMs, RETRY_MS)
  answers.run(RETRY_MS, [])
  t.equal(answers.nextMs, 2 * RETRY_MS)
  pay()
  t.equal(answers.nextMs, Number.POSITIVE_INFINITY)
})

test('an answer costs what it may have to name: each entry of the buckets that differ or are asked for', async t => {
  const { prices, book, ask, pay } = asked(640)
  pay()
  const own = book.digest('partner')
  const differingIn = (count: number): Question => ({
    ...DIGEST,
    buckets: own.map((hash, bucket) => (bucket < count ? hash + 1 : hash))
  })
  const priceOf = (question: Question) => {
    ask(question)
    return prices.at(-1)! / ENTRY_US
  }
  t.equal(priceOf({ type: 'welcome' }), 640)
  for (const count of [0, 1, BUCKETS / 2, BUCKETS]) t.equal(priceOf(differingIn(count)), (640 * count) / BUCKETS)
  t.equal(priceOf({ type: 'want', peers: ['a', 'b', 'a'] }), 2)
  const items = [{ peer: 'a', epoch: 1, seq: 1 }]
  t.equal(priceOf({ type: 'summary', buckets: [1, 2, 2], items }), (640 * 2) / BUCKETS + 1)
})

test('a partner that is gone is owed nothing', async t => {
  const { answers, answered, ask, pay } = asked()
  ask('want')
  answers.closed('partner')
  pay()
  t.strictSame(answered(), [])
  t.equal(answers.nextMs, Number.POSITIVE_INFINITY)
})

/** The answers to one partner, none of which can be paid for until `pay` is called. */
function asked(entries = 0) {
  const book = new AddressBook({ maxEntries: 1_000, maxTombstones: 0 })
  for (let i = 0; i < entries; i++) book.apply(record({ peer: `s${i}` }), 0)
  const prices: number[] = []
  let isPaid = false
  const budgets = {
    traffic: { inOrder: <T>(askers: T) => askers, admits: () => true },
    work: {
      admits: (_: unknown, priceUs: number) => {
        prices.push(priceUs)
        return isPaid
      },
      charge: () => {}
    },
    dropped: () => {}
  } as unknown as Budgets
  const numbers = new Map<Question, number>()
  const order: Question[] = []
  const answers = new Answers(book, budgets, (_, question) => {
    order.push(question)
    return []
  })
  answers.opened('partner', 'group')
  const out: Output[] = []
  return {
    answers,
    book,
    prices,
    ask: (...questions: (keyof typeof QUESTIONS | Question)[]) => {
      for (const each of questions) {
        const question = typeof each === 'string' ? { ...QUESTIONS[each] } : each
        numbers.set(question, numbers.size + 1)
        answers.ask('partner', question, 0, out)
      }
    },
    pay: () => {
      isPaid = true
      answers.run(10 * RETRY_MS, out)
    },
    /** Each with its number among all that were asked, oldest first. */
    answered: () => order.map(question => `${question.type} ${numbers.get(question)}`)
  }
}
