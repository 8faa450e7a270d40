/** When somebody may be dialled, by what came of the dials before. */
import fc from 'fast-check'
import { test } from 'tap'
import { BackOff } from '../../../src/core/dialling/back-off.ts'
import { Eclipse } from '../../../src/core/dialling/eclipse.ts'
import { Pace } from '../../../src/core/dialling/pace.ts'
import type { Output } from '../../../src/core/effects.ts'
import { Crowd } from '../../../src/core/overlay/crowd.ts'

const WITHOUT_JITTER = () => 0.5
const NOBODY_WAIT_MS = 100
const MAX_NOBODY_WAIT_MS = 1_600
const ECLIPSED_AFTER_MS = 60_000

test('the next thing to follow a wait is the earliest that is not over', async t => {
  fc.assert(
    fc.property(fc.array(fc.nat(1_000)), fc.nat(3_000), (failedAtMs, nowMs) => {
      const backOff = new BackOff(1_000, WITHOUT_JITTER)
      failedAtMs.forEach((atMs, i) => {
        backOff.failed(`p${i}`, false, atMs)
      })
      const later = failedAtMs.map((_, i) => 2 * backOff.notBeforeMs(`p${i}`)).filter(atMs => atMs > nowMs)
      return backOff.nextAfterWaitMs(nowMs, endMs => 2 * endMs) === Math.min(...later)
    })
  )
  t.pass()
})

test('the wait doubles with each failure up to a minute, but for one that is excused', async t => {
  const backOff = new BackOff(1_000, WITHOUT_JITTER)
  t.equal(backOff.notBeforeMs('a'), Number.NEGATIVE_INFINITY)
  const waitsMs = Array.from({ length: 8 }, () => {
    backOff.failed('a', false, 0)
    return backOff.notBeforeMs('a')
  })
  t.strictSame(waitsMs, [1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000])
  backOff.forgive('a')
  backOff.failed('a', false, 0)
  backOff.failed('a', true, 0)
  t.equal(backOff.waitMs('a'), 1_000)
})

test('a draw that named nobody is made again when somebody new may be dialled, and not before its wait is over', async t => {
  const pace = new Pace(new Crowd(0), WITHOUT_JITTER)
  t.ok(pace.mayDraw(0))
  t.equal(pace.nextDrawMs(500), 500)
  let waitMs = NOBODY_WAIT_MS
  for (let nowMs = 10_000; nowMs < 20_000; nowMs += 2_000) {
    pace.drewNobody(nowMs)
    t.notOk(pace.mayDraw(nowMs + waitMs - 1))
    t.ok(pace.mayDraw(nowMs + waitMs))
    t.equal(pace.nextDrawMs(nowMs + 1), nowMs + waitMs)
    t.equal(pace.nextDrawMs(nowMs + 5_000), nowMs + 5_000)
    t.equal(pace.nextDrawMs(nowMs), nowMs, 'that was so when nobody was drawn, and brings nobody new')
    waitMs = Math.min(2 * waitMs, MAX_NOBODY_WAIT_MS)
  }
  pace.drewSomebody()
  t.ok(pace.mayDraw(0))
  pace.drewNobody(30_000)
  t.ok(pace.mayDraw(30_000 + NOBODY_WAIT_MS), 'the wait is as short as at first')
})

test('a node takes itself for cut off once two of its own dials failed a minute apart, and nothing came of any between', async t => {
  const eclipse = new Eclipse()
  eclipse.failed(0)
  t.notOk(eclipse.isOn(ECLIPSED_AFTER_MS), 'one may be bad luck')
  eclipse.failed(1_000)
  t.notOk(eclipse.isOn(ECLIPSED_AFTER_MS - 1))
  t.ok(eclipse.isOn(ECLIPSED_AFTER_MS))
  t.strictSame(codesOf(eclipse.warn(ECLIPSED_AFTER_MS - 1)), [])
  t.strictSame(codesOf(eclipse.warn(ECLIPSED_AFTER_MS)), ['eclipsed'])
  t.strictSame(codesOf(eclipse.warn(2 * ECLIPSED_AFTER_MS - 1)), [], 'once a minute')
  t.strictSame(codesOf(eclipse.warn(2 * ECLIPSED_AFTER_MS)), ['eclipsed'])
  eclipse.over()
  t.notOk(eclipse.isOn(3 * ECLIPSED_AFTER_MS))
  t.strictSame(codesOf(eclipse.warn(3 * ECLIPSED_AFTER_MS)), ['eclipse-over'])
  t.strictSame(codesOf(eclipse.warn(3 * ECLIPSED_AFTER_MS)), [], 'once')
})

test('of an eclipse that was not told it is not told either that it is over', async t => {
  const eclipse = new Eclipse()
  eclipse.failed(0)
  eclipse.over()
  t.strictSame(codesOf(eclipse.warn(ECLIPSED_AFTER_MS)), [])
  eclipse.failed(1)
  eclipse.failed(2)
  t.notOk(eclipse.isOn(ECLIPSED_AFTER_MS), 'the time begins anew')
  t.ok(eclipse.isOn(ECLIPSED_AFTER_MS + 1))
})

function codesOf(outputs: readonly Output[]): string[] {
  return outputs.flatMap(output => (output.type === 'warned' ? [output.warning.code] : []))
}
