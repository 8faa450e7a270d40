import { setTimeout } from 'node:timers/promises'
import { test } from 'tap'
import { contactPace, StartPace } from '../../../src/supervisor/nodes/start-pace.ts'

/** A host whose idle shares are given, look by look; the last one stays. */
function host(...shares: number[]) {
  const waits: number[] = []
  const wait = async (ms: number) => {
    waits.push(ms)
  }
  const idleShare = () => shares[Math.max(0, Math.min(waits.length, shares.length) - 1)]!
  return { waits, wait, idleShare }
}

test('a crowd that the host can carry starts without a wait', async t => {
  const { waits, ...options } = host(0)
  const pace = new StartPace({ ...options, crowd: 3 })
  for (let i = 0; i < 3; i++) await pace.next()
  t.same(waits, [])
})

test('whoever comes after the crowd waits until the host has some time to spare', async t => {
  const { waits, ...options } = host(0, 0.1, 0.24, 0.25)
  const pace = new StartPace({ ...options, crowd: 0 })
  await pace.next()
  t.equal(waits.length, 4, 'through three looks at a busy host')
})

test('nodes that wait start one after another, each after a look of its own', async t => {
  const { waits, ...options } = host(1)
  const pace = new StartPace({ ...options, crowd: 1 })
  const order: number[] = []
  await Promise.all([1, 2, 3, 4].map(number => pace.next().then(() => order.push(number))))
  t.same(order, [1, 2, 3, 4])
  t.equal(waits.length, 3)
})

test('a host that never has time to spare delays a node by 5 s, and no more', async t => {
  const { waits, ...options } = host(0)
  await new StartPace({ ...options, crowd: 0 }).next()
  t.equal(
    waits.reduce((sum, ms) => sum + ms, 0),
    5_000
  )
})

test('this host is asked, and answers', async t => {
  let looks = 0
  const wait = async () => {
    looks++
    await setTimeout(20)
  }
  await new StartPace({ wait, crowd: 0 }).next()
  t.ok(looks >= 1 && looks <= 20)
})

test('where processes are shared, the next node comes as soon as the one before has found somebody', async t => {
  let searching = 0
  const waits: number[] = []
  const pace = contactPace({
    searching: () => searching,
    maxSearching: 2,
    async until(condition, timeoutMs) {
      if (condition()) return
      waits.push(timeoutMs)
      searching -= 1
      t.ok(condition(), 'it waits for no more than that')
    }
  })
  for (; searching < 2; searching++) await pace.next()
  t.same(waits, [])
  await pace.next()
  t.same(waits, [5_000], 'a host that is busy with something else delays a node by 5 s, and no more')
})
