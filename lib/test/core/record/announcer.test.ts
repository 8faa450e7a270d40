import { test } from 'tap'
import { resolveConfig } from '../../../src/core/config.ts'
import { seededRandom } from '../../../src/core/random.ts'
import { Announcer } from '../../../src/core/record/announcer.ts'

const CONFIG = resolveConfig({ announceIntervalMs: 10_000, entryTtlMs: 30_000, maxAnnouncementsPerSecond: 2 })

/** Has announced itself once, alone. */
function announced(seed: number): Announcer {
  const announcer = new Announcer(CONFIG, { peer: 'a', epoch: 1 }, seededRandom(seed), 0)
  announcer.next(false, 0, 0)
  return announcer
}

test('a crowd that started together does not announce itself again together', async t => {
  const times = Array.from({ length: 1_000 }, (_, seed) => {
    const announcer = announced(seed)
    const firstDueMs = announcer.nextMs
    if (announcer.isDue(999, firstDueMs)) t.fail('not put off')
    if (!announcer.isDue(999, announcer.nextMs)) t.fail('put off twice')
    return announcer.nextMs
  })
  t.ok(Math.min(...times) < 11_000)
  t.ok(Math.max(...times) > 16_000)
  t.ok(
    times.every(timeMs => timeMs <= 18_000),
    'with time to spare before anybody expires'
  )
  const busiest = Math.max(...[9, 10, 11, 12, 13].map(s => times.filter(ms => Math.floor(ms / 1_000) === s).length))
  t.ok(busiest < 200, `${busiest} of 1,000 in one second`)
})

test('a crowd that has learned of its size announces itself evenly over the whole round, and each keeps its place', async t => {
  const ROUND_MS = 500_000
  const tenths = new Array(10).fill(0)
  for (let seed = 0; seed < 1_000; seed++) {
    const announcer = announced(seed)
    announcer.next(false, 999, 15_000)
    const dueMs = announcer.nextMs
    tenths[Math.floor((dueMs - 15_000) / (ROUND_MS / 10))]++
    if (dueMs < 15_000 + CONFIG.announceIntervalMs) t.fail('sooner than a small network asks for')
    announcer.next(false, 999, dueMs)
    if (Math.abs(announcer.nextMs - dueMs - ROUND_MS) > 0.1 * ROUND_MS) t.fail('another place in the next round')
  }
  t.ok(Math.max(...tenths) < 140 && Math.min(...tenths) > 60, tenths.join(' '))
})

test('in a network that has not grown, a heartbeat is due when it was planned', async t => {
  for (let seed = 0; seed < 100; seed++) {
    const announcer = announced(seed)
    t.ok(announcer.isDue(10, announcer.nextMs))
  }
})

test('what has changed is announced at once, however much the network has grown', async t => {
  const announcer = announced(1)
  announcer.changeContent({ name: 'x' }, 500)
  t.ok(announcer.isDue(999, 500))
  announcer.next(false, 0, 500)
  announcer.changePace(10_000, 1_000)
  t.ok(announcer.isDue(999, 1_000), 'and so is another pace')
})

test('many changes at once are one now and one 250 ms later, which holds the last of them', async t => {
  const announcer = announced(1)
  const sent: { atMs: number; name: string }[] = []
  for (let nowMs = 5_000; nowMs < 6_000; nowMs++) {
    const isChange = nowMs < 5_450 && nowMs % 30 === 0
    if (isChange) announcer.changeContent({ name: `${nowMs}` }, nowMs)
    if (!announcer.isDue(0, nowMs)) continue
    sent.push({ atMs: nowMs, name: announcer.next(false, 0, nowMs)!.name })
  }
  t.same(sent, [
    { atMs: 5_010, name: '5010' },
    { atMs: 5_260, name: '5250' },
    { atMs: 5_510, name: '5430' }
  ])
})

test('a farewell waits for nothing, and carries the last change', async t => {
  const announcer = announced(1)
  for (let nowMs = 5_000; nowMs < 5_450; nowMs += 30) {
    announcer.changeContent({ name: `${nowMs}` }, nowMs)
    if (announcer.isDue(0, nowMs)) announcer.next(false, 0, nowMs)
  }
  const last = announcer.next(true, 0, 5_450)
  t.match(last, { leaving: true, name: '5420' })
  t.equal(announcer.nextMs, Number.POSITIVE_INFINITY)
})

test('whoever suspects this node, its refutations keep their distance', async t => {
  const announcer = announced(1)
  const sent: number[] = []
  for (let nowMs = 5_000; nowMs < 8_000; nowMs++) {
    announcer.outdo(announcer.version, nowMs)
    if (!announcer.isDue(0, nowMs)) continue
    announcer.next(false, 0, nowMs)
    sent.push(nowMs)
  }
  t.equal(sent[0], 5_000, 'the first at once')
  for (const [i, atMs] of sent.slice(1).entries()) t.ok(atMs - sent[i]! >= 250)
  t.equal(sent.length, 12)
})
