/** A node that is suspected: what it answers, and to whom it takes it amiss. */
import { test } from 'tap'
import type { AddressBook } from '../../../src/core/book/address-book.ts'
import { Accusations } from '../../../src/core/liveness/accusations.ts'
import { Silence } from '../../../src/core/liveness/silence.ts'
import type { SuspicionPower } from '../../../src/core/liveness/suspicion-power.ts'
import type { Announcer } from '../../../src/core/record/announcer.ts'
import { record } from '../records.ts'

const MAX_ACCUSERS = 64
const ANSWER_INTERVAL_MS = 200
const LATE_LATELY_MS = 10_000

test('a suspicion is answered by an announcement, which is known as an answer once', async t => {
  const { accuse, accusations } = accused()
  t.notOk(accusations.takeAnswer(), 'nobody suspects it')
  t.strictSame(accuse('a'), [])
  t.ok(accusations.takeAnswer())
  t.notOk(accusations.takeAnswer())
})

test('of one version each accuser is charged once, and no more than a bounded number of them', async t => {
  const { accuse, charged } = accused()
  for (let i = 0; i < MAX_ACCUSERS + 10; i++) {
    accuse(`a${i}`)
    accuse(`a${i}`)
  }
  t.strictSame(
    charged,
    Array.from({ length: MAX_ACCUSERS }, (_, i) => `a${i}`)
  )
})

test('the next version has accusers of its own', async t => {
  const { accuse, charged, announces } = accused()
  accuse('a')
  announces(2)
  accuse('a', 2)
  t.strictSame(charged, ['a', 'a'])
})

test('who suspects what was said before is sent the record, but not at each of its words', async t => {
  const { accuse, announces, accusations } = accused()
  announces(2)
  const answers = (nowMs: number) => accuse('a', 1, nowMs).length
  t.strictSame([0, ANSWER_INTERVAL_MS - 1, ANSWER_INTERVAL_MS].map(answers), [1, 0, 1])
  t.notOk(accusations.takeAnswer(), 'it has announced since then')
})

test('a node that was late itself takes nobody amiss for what is said of it', async t => {
  const { accuse, charged, silence } = accused()
  silence.wasLate(1_000, 5_000)
  accuse('a', 1, 5_000 + LATE_LATELY_MS - 1)
  t.strictSame(charged, [])
  accuse('b', 1, 5_000 + LATE_LATELY_MS)
  t.strictSame(charged, ['b'])
})

/** A node whose announcements are never held back, and that believes everybody. */
function accused() {
  const charged: string[] = []
  const silence = new Silence()
  let seq = 1
  const announcer = {
    get own() {
      return record({ peer: 'self', seq })
    },
    get version() {
      return { epoch: 1, seq }
    },
    outdo: () => true
  } as unknown as Announcer
  const power = {
    isBelieved: () => true,
    chargeReporter: (accuser: string) => charged.push(accuser)
  } as unknown as SuspicionPower
  const book = { size: 10 } as AddressBook
  const accusations = new Accusations({ peer: 'self', book, announcer, silence }, power)
  return {
    accusations,
    charged,
    silence,
    announces: (next: number) => {
      seq = next
    },
    accuse: (accuser: string, suspected = seq, nowMs = 0) =>
      accusations.answer({ peer: 'self', epoch: 1, seq: suspected, refused: false, leftMs: 1 }, accuser, nowMs)
  }
}
