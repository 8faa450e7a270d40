/** How often a subject may change what is said of it. */
import { test } from 'tap'
import { SubjectRates } from '../../../src/core/bounds/subject-rates.ts'

const BURST = 10
const INTERVAL_MS = 250
const FAREWELL_INTERVAL_MS = 1_000
const FULL_AFTER_MS = BURST * INTERVAL_MS
const MAX_SUBJECTS = 16_384

test('ten changes may come at once, then four a second; a subject never heard of has all of them before it', async t => {
  const rates = new SubjectRates()
  t.equal(rates.mayBeTakenAtMs('a', false, 5), 5)
  for (let i = 0; i < BURST; i++) {
    t.equal(rates.mayBeTakenAtMs('a', false, 0), 0)
    rates.taken('a', false, 0)
  }
  t.equal(rates.mayBeTakenAtMs('a', false, 0), INTERVAL_MS)
  t.equal(rates.mayBeTakenAtMs('a', false, INTERVAL_MS), INTERVAL_MS)
  rates.taken('a', false, INTERVAL_MS)
  t.equal(rates.mayBeTakenAtMs('a', false, INTERVAL_MS), 2 * INTERVAL_MS)
  t.equal(rates.mayBeTakenAtMs('b', false, INTERVAL_MS), INTERVAL_MS, 'each has its own')
})

test('a farewell neither waits nor costs anything, once a second', async t => {
  const rates = new SubjectRates()
  for (let i = 0; i < BURST; i++) rates.taken('a', false, 0)
  t.equal(rates.mayBeTakenAtMs('a', true, 0), 0)
  rates.taken('a', true, 0)
  t.equal(rates.mayBeTakenAtMs('a', false, 0), INTERVAL_MS, 'as before')
  t.equal(rates.mayBeTakenAtMs('a', true, 0), INTERVAL_MS, 'a second one waits as all do')
  t.equal(rates.mayBeTakenAtMs('a', true, FAREWELL_INTERVAL_MS), FAREWELL_INTERVAL_MS)
  rates.taken('a', true, 0)
  t.equal(rates.mayBeTakenAtMs('a', false, 0), 2 * INTERVAL_MS, 'and costs as much')
})

test('a subject is remembered for as long as its rate is not full, and hardly longer', async t => {
  const rates = new SubjectRates()
  t.notOk(rates.isInUse)
  rates.taken('a', false, 0)
  t.ok(rates.knows('a'))
  rates.taken('b', false, FULL_AFTER_MS - 1)
  t.ok(rates.knows('a'))
  rates.taken('c', false, FULL_AFTER_MS)
  t.ok(rates.knows('a') && rates.knows('b') && rates.knows('c'))
  rates.taken('c', false, 2 * FULL_AFTER_MS)
  t.strictSame(
    ['a', 'b', 'c'].map(subject => rates.knows(subject)),
    [false, false, true]
  )
  rates.taken('d', false, 10 * FULL_AFTER_MS)
  t.notOk(rates.knows('c'))
})

test('however many subjects change at once, a bounded number of them is remembered', async t => {
  const rates = new SubjectRates()
  for (let i = 0; i < 3 * MAX_SUBJECTS; i++) rates.taken(`s${i}`, false, 0)
  const known = Array.from({ length: 3 * MAX_SUBJECTS }, (_, i) => rates.knows(`s${i}`)).filter(Boolean).length
  t.ok(known >= MAX_SUBJECTS && known <= 2 * MAX_SUBJECTS, `${known}`)
})
