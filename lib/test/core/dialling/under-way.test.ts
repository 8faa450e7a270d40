/** How many dials may be under way at once, for which purpose. */
import { test } from 'tap'
import { type Purpose, UnderWay } from '../../../src/core/dialling/under-way.ts'
import type { Output } from '../../../src/core/effects.ts'
import { bookOf, newOverlay, target } from '../overlays.ts'

const MAX_PROBES = 64
const MAX_CONNECTS_ALONE = 8
const MAX_CONNECTS_NAMED = 2
const ALONE_INTERVAL_MS = 1_000
const ECLIPSED_AFTER_MS = 60_000

test('so many probes may be under way, whoever else is dialled, and one dial to heal', async t => {
  t.equal(begunOf('probe', false), MAX_PROBES)
  t.equal(begunOf('probe', true), MAX_PROBES)
  t.equal(begunOf('heal', false), 1)
  t.equal(begunOf('heal', true), 1)
})

test('a node that is alone begins one dial for a connection a second, up to a bound; another one at a time', async t => {
  t.equal(begunOf('connect', false), 1)
  t.equal(begunOf('connect', true), MAX_CONNECTS_ALONE)
  const underWay = new UnderWay()
  t.equal(underWay.nextAloneMs, Number.POSITIVE_INFINITY)
  begin(underWay, 'a', 'connect', 0)
  t.equal(underWay.nextAloneMs, ALONE_INTERVAL_MS)
  t.notOk(underWay.mayBegin('connect', true, ALONE_INTERVAL_MS - 1))
  t.ok(underWay.mayBegin('connect', true, ALONE_INTERVAL_MS))
})

test('dials for a connection are counted together, whatever they are for here', async t => {
  for (const purpose of ['connect', 'climb', 'direct'] as const) {
    const underWay = new UnderWay()
    begin(underWay, 'a', purpose, 0)
    t.notOk(underWay.mayBegin('connect', false, 0), purpose)
    t.ok(underWay.mayBegin('probe', false, 0))
    t.ok(underWay.mayBeginNamed())
    begin(underWay, 'b', purpose, 0)
    t.equal(underWay.mayBeginNamed(), false, `${MAX_CONNECTS_NAMED} are`)
    t.equal(underWay.end('a'), purpose)
    t.equal(underWay.end('a'), undefined)
    t.ok(underWay.mayBeginNamed())
  }
})

test('an address that was not dialled the last time is untried; of a peer that never was dialled, none', async t => {
  const underWay = new UnderWay()
  t.strictSame(underWay.untried('a', ['/1', '/2']), [])
  underWay.begin('a', ['/1'], 'connect', 0)
  t.strictSame(underWay.untried('a', ['/1', '/2']), ['/2'])
  underWay.begin('a', ['/2'], 'connect', 0)
  t.strictSame(underWay.untried('a', ['/1', '/2', '/3']), ['/3'], 'both take part in one dial')
  underWay.end('a')
  underWay.begin('a', ['/3'], 'connect', 0)
  t.strictSame(underWay.untried('a', ['/1', '/2', '/3']), ['/1', '/2'])
})

test('that probes are in vain is no sign that a node is cut off, and neither are dials that reach somebody', async t => {
  const cases: [purpose: 'probe' | 'heal', reached: boolean][] = [
    ['probe', false],
    ['heal', false],
    ['heal', true]
  ]
  for (const [purpose, reached] of cases) {
    const overlay = newOverlay()
    const out: Output[] = []
    for (let i = 0; i < 5; i++) {
      const nowMs = (i * ECLIPSED_AFTER_MS) / 2
      const peer = `${purpose}${i}`
      t.equal(overlay.dial(target(peer), purpose, nowMs).length, 1)
      overlay.dialled(peer, reached, nowMs)
      out.push(...overlay.shape(bookOf(), nowMs))
    }
    t.strictSame(out, [], `${purpose}, ${reached}`)
  }
})

/** How many dials for this purpose may begin, when as much time passes as they need. */
function begunOf(purpose: 'connect' | 'probe' | 'heal', isAlone: boolean): number {
  const underWay = new UnderWay()
  let begun = 0
  for (let nowMs = 0; nowMs < 200 * ALONE_INTERVAL_MS && underWay.mayBegin(purpose, isAlone, nowMs); nowMs += 1_000) {
    begin(underWay, `p${begun++}`, purpose, nowMs)
  }
  return begun
}

function begin(underWay: UnderWay, id: string, purpose: Purpose, nowMs: number): void {
  underWay.begin(id, [`/${id}`], purpose, nowMs)
}
