/** Suspects that a node dials to ask them itself: how many at once, how often, and in which order. */
import fc from 'fast-check'
import { test } from 'tap'
import type { DialOutcome } from '../../../src/core/effects.ts'
import { Asks } from '../../../src/core/liveness/asks.ts'
import { seededRandom } from '../../../src/core/random.ts'

const MIN_UNDER_WAY = 4
const MAX_UNDER_WAY = 64
const MAX_TRIES = 3
const RETRY_MS = 1_000

test('each dial in vain allows one more, up to a bound; one that reaches the suspect allows as few as at first', async t => {
  const { asks, dialled } = asking()
  for (let i = 0; i < 1_000; i++) asks.plan(`p${i}`, 0, 'self')
  const endAll = (outcome: DialOutcome) => {
    for (const peer of dialled.splice(0)) asks.ended(peer, outcome)
    asks.run(0)
    return dialled.length
  }
  asks.run(0)
  t.equal(dialled.length, MIN_UNDER_WAY)
  t.equal(endAll('failed'), 2 * MIN_UNDER_WAY)
  t.equal(endAll('withheld'), 2 * MIN_UNDER_WAY, 'a dial that the host did not try shows nothing')
  for (let i = 0; i < 4; i++) endAll('refused')
  t.equal(dialled.length, MAX_UNDER_WAY)
  t.equal(endAll('reached'), MIN_UNDER_WAY)
})

test('a suspect whose dial is not allowed is tried three times, each after a while', async t => {
  const { asks, tried } = asking({ isAllowed: () => false })
  asks.plan('a', 0, 'self')
  for (let nowMs = 0; nowMs <= 10 * RETRY_MS; nowMs += RETRY_MS / 2) asks.run(nowMs)
  t.strictSame(tried, Array(MAX_TRIES).fill('a'))
  t.equal(asks.nextMs, Number.POSITIVE_INFINITY)
  t.notOk(asks.has('a'))
})

test('what is planned is due at its time, and nothing is due while no more dials may be under way', async t => {
  const { asks, dialled } = asking()
  t.equal(asks.nextMs, Number.POSITIVE_INFINITY)
  asks.plan('a', 500, 'self')
  t.equal(asks.nextMs, 500)
  asks.run(499)
  t.strictSame(dialled, [])
  asks.run(500)
  t.strictSame(dialled, ['a'])
  t.equal(asks.nextMs, Number.POSITIVE_INFINITY)
  for (let i = 0; i < MIN_UNDER_WAY; i++) asks.plan(`p${i}`, 500, 'self')
  asks.run(500)
  t.equal(asks.nextMs, Number.POSITIVE_INFINITY, 'one waits until another ends')
  asks.ended('a', 'failed')
  t.ok(asks.nextMs <= 500)
})

test('every suspect is dialled once, whatever the order, unless its question was settled before', async t => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.nat(50)), fc.array(fc.nat(50)), fc.nat(), (planned, settled, seed) => {
      const { asks, dialled } = asking({ random: seededRandom(seed) })
      for (const i of planned) asks.plan(`${i}`, i, 'self')
      const isSettled = new Set(settled.filter(i => asks.cancel(`${i}`)))
      for (let nowMs = 0; asks.nextMs < Number.POSITIVE_INFINITY; nowMs += 10) {
        asks.run(nowMs)
        for (const peer of dialled) asks.ended(peer, 'failed')
      }
      const wanted = planned.filter(i => !isSettled.has(i)).map(String)
      return dialled.length === wanted.length && new Set([...dialled, ...wanted]).size === wanted.length
    })
  )
  t.pass()
})

/** By default every dial is allowed and begins. */
function asking({ random = seededRandom(1), isAllowed = () => true } = {}) {
  const dialled: string[] = []
  const tried: string[] = []
  const asks = new Asks({
    random,
    isAllowed: () => isAllowed(),
    dial: target => {
      dialled.push(target.id)
      return [{ type: 'dial', target, purpose: 'probe', timeoutMs: 1_000 }]
    },
    isOutOfReach: () => false,
    inVain: () => [],
    targetOf: peer => {
      tried.push(peer)
      return { id: peer, addrs: [`/${peer}`] }
    },
    retryMs: RETRY_MS
  })
  return { asks, dialled, tried }
}
