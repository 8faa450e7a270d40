/** Whatever becomes of each attempt, the rules of a race hold. */
import assert from 'node:assert/strict'
import fc from 'fast-check'
import { test } from 'tap'
import { inOwnTime, type Time } from '../stub-host.ts'
import {
  type Attempt,
  agreed,
  CIRCUIT_WAIT_MS,
  circuit,
  direct,
  HEAD_START_MS,
  RaceHost,
  STEP_MS
} from './race-host.ts'

test('whatever becomes of the attempts: each address once, one alone at first, no circuit too soon, one winner', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.record({ addr: anyAddr(), at: fc.nat(90), end: fc.constantFrom('answers', 'fails', 'hangs') }), {
        maxLength: 8,
        minLength: 1
      }),
      async plan => await inOwnTime(async time => await checkRace(plan, time))
    ),
    { numRuns: 60 }
  )
})

/** What becomes of an attempt at an address, some steps after the begin of the dial, or as soon as it begins later. */
interface Planned {
  readonly addr: string
  readonly at: number
  readonly end: string
}

async function checkRace(plan: readonly Planned[], time: Time): Promise<void> {
  const host = new RaceHost()
  const dial = host.dial(plan.map(({ addr }) => addr))
  let won: Attempt | undefined
  for (let step = 0; step <= 100; step++) {
    const nowMs = step * STEP_MS
    if (nowMs < HEAD_START_MS) assert.ok(host.underWay.length <= 1)
    const isAgreedOn = host.underWay.some(addr => addr.includes('webrtc'))
    const before = host.tried.length
    won ??= carryOut(plan, host, step)
    await time.pass(STEP_MS)
    const isStillAgreedOn = isAgreedOn && host.underWay.some(addr => addr.includes('webrtc'))
    const begun = host.tried.slice(before)
    if (isStillAgreedOn && nowMs + STEP_MS < CIRCUIT_WAIT_MS) assert.ok(begun.every(addr => !isCircuitAddr(addr)))
  }
  assert.equal(new Set(host.tried).size, host.tried.length)
  assertOutcome(plan, dial, host, won)
}

/** Returns an attempt that was answered, of those that are under way: one in a step, for which of two is the first cannot be told. */
function carryOut(plan: readonly Planned[], host: RaceHost, step: number): Attempt | undefined {
  for (const { addr, at, end } of plan) {
    const attempt = host.attempts.find(other => other.addr === addr)
    if (attempt === undefined || attempt.isOver || at > step || end === 'hangs') continue
    if (end === 'fails') attempt.fail()
    else {
      attempt.answer()
      return attempt
    }
  }
  return undefined
}

function assertOutcome(
  plan: readonly Planned[],
  dial: ReturnType<RaceHost['dial']>,
  host: RaceHost,
  won: Attempt | undefined
): void {
  const all = new Set(plan.map(({ addr }) => addr))
  if (won !== undefined) {
    assert.equal(dial.outcome, won.connection)
    const mayGoOn = isCircuitAddr(won.addr) ? host.underWay.filter(isCircuitAddr) : host.underWay
    assert.deepEqual(mayGoOn, [])
  } else {
    assert.equal(host.tried.length, all.size)
    assert.equal(
      dial.outcome instanceof Error,
      host.attempts.every(({ isOver }) => isOver)
    )
  }
}

function anyAddr(): fc.Arbitrary<string> {
  return fc.tuple(fc.constantFrom(direct, agreed, circuit), fc.integer({ min: 1, max: 4 })).map(([kind, n]) => kind(n))
}

function isCircuitAddr(addr: string): boolean {
  return addr.includes('p2p-circuit') && !addr.includes('webrtc')
}
