/** What the silence of others proves, and how long a suspect has to break it. */
import { test } from 'tap'
import { Liveness } from '../../../src/core/liveness/liveness.ts'
import { Silence } from '../../../src/core/liveness/silence.ts'

const LATE_MS = 200
const DEAF_MS = 10_000
const CATCH_UP_MS = 2_000

test('a node without partners is deaf for a while; with a partner again, until it has caught up', async t => {
  const silence = new Silence()
  t.notOk(silence.isDeaf(0))
  silence.lost(0)
  t.ok(silence.isDeaf(DEAF_MS - 1))
  t.notOk(silence.isDeaf(DEAF_MS))
  silence.lost(0)
  silence.regained(1_000)
  t.ok(silence.isDeaf(1_000 + CATCH_UP_MS - 1))
  t.notOk(silence.isDeaf(1_000 + CATCH_UP_MS))
})

test('a node that was not deaf has nothing to catch up with', async t => {
  const silence = new Silence()
  silence.regained(0)
  t.notOk(silence.isDeaf(0), 'its first partner')
  silence.lost(0)
  silence.regained(DEAF_MS)
  t.notOk(silence.isDeaf(DEAF_MS), 'one that comes when the time is over')
})

test('a node that was late lets nothing expire for as long as it was late', async t => {
  const silence = new Silence()
  t.notOk(silence.wasLate(LATE_MS - 1, 5_000))
  t.equal(silence.noExpiryBeforeMs, 0)
  t.ok(silence.wasLate(LATE_MS, 5_000))
  t.equal(silence.noExpiryBeforeMs, 5_000 + LATE_MS)
  t.ok(silence.wasLateSince(4_999))
  t.notOk(silence.wasLateSince(5_000))
})

test('a suspect has one base time more for each tenfold of the network, with this node in it', async t => {
  const liveness = new Liveness(0)
  for (const refused of [true, false]) {
    const baseMs = liveness.suspicionTimeoutMs(refused, 0)
    t.equal(liveness.suspicionTimeoutMs(refused, 9), baseMs)
    t.equal(liveness.suspicionTimeoutMs(refused, 99), 2 * baseMs)
    t.equal(liveness.suspicionTimeoutMs(refused, 9_999), 4 * baseMs)
  }
  t.ok(liveness.suspicionTimeoutMs(true, 9) < liveness.suspicionTimeoutMs(false, 9))
})

test('a suspect has longer where partners take long to answer', async t => {
  const liveness = new Liveness(0)
  liveness.opened('a')
  const beforeMs = liveness.suspicionTimeoutMs(false, 9)
  const promptMs = liveness.promptMs
  for (let nowMs = 0; nowMs < 100_000; nowMs += 1_000) {
    liveness.probe('a', nowMs)
    liveness.heard('a', nowMs + 100)
  }
  t.equal(Math.round(liveness.suspicionTimeoutMs(false, 9) - beforeMs), 600, 'six round trips of 100 ms')
  t.equal(Math.round(liveness.promptMs - promptMs), 300, 'three')
})
