import { test } from 'tap'
import { createRecord } from '../../src/history/record.ts'
import { createSettleClock } from '../../src/supervisor/settle-clock.ts'

test('the clock has settled when the settle time has passed, and not before', async t => {
  const record = { nowMs: () => nowMs, look: () => {} }
  const clock = createSettleClock(500, record)
  t.teardown(clock.stop)
  let nowMs = 1_000
  t.notOk(clock.hasSettled(1_000))
  nowMs = 1_499
  t.notOk(clock.hasSettled(1_000))
  nowMs = 1_500
  t.ok(clock.hasSettled(1_000))
})

test('what breaks in between begins the settle time anew, and so does a restart', async t => {
  const record = { nowMs: () => nowMs, look: () => {} }
  const clock = createSettleClock(500, record)
  t.teardown(clock.stop)
  let nowMs = 1_400
  t.notOk(clock.hasSettled(undefined))
  nowMs = 1_600
  t.notOk(clock.hasSettled(1_400))
  clock.restart()
  nowMs = 2_000
  t.notOk(clock.hasSettled(1_400))
  nowMs = 2_100
  t.ok(clock.hasSettled(1_400))
})

test('the record looks again when the time is over, though nothing happens', async t => {
  const record = createRecord(() => {})
  const clock = createSettleClock(30, record)
  t.ok(await record.until(() => clock.hasSettled(0), 60_000))
  clock.stop()
})

test('what is awaited is seen at once, after an event, or not in time', async t => {
  const record = createRecord(() => {})
  t.ok(await record.until(() => true, 0))
  const waiting = record.until(() => record.history.length === 2, 60_000)
  record.add({ type: 'harness-lagged', lagMs: 1 })
  record.add({ type: 'harness-lagged', lagMs: 2 })
  t.ok(await waiting)
  t.notOk(await record.until(() => false, 10))
})
