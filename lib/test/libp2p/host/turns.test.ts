/** Turns of the event loop, counted in virtual time: whatever many workers have to do, the loop gets its turn in between. */
import { test } from 'tap'
import { PATIENCE_MS } from '../../../../scripts/tests/until.ts'
import { Turns } from '../../../src/libp2p/host/turns.ts'

const ANYBODY = { connection: 'anybody', group: 'any' }

test('while a turn has time left, nobody waits', async t => {
  const { turns, clock } = virtual()
  t.equal(turns.breathe(ANYBODY), undefined)
  clock.nowMs += 5
  t.equal(turns.breathe(ANYBODY), undefined)
  t.notOk(turns.isOver)
})

test('whoever has used up a turn waits for the next one', async t => {
  const { turns, clock, nextTurn } = virtual()
  turns.breathe(ANYBODY)
  clock.nowMs += 20
  t.ok(turns.isOver)
  let isAwake = false
  void turns.breathe(ANYBODY)!.then(() => {
    isAwake = true
  })
  await Promise.resolve()
  t.notOk(isAwake)
  await nextTurn()
  t.ok(isAwake)
})

test('twenty workers with a second of work each hold no turn for longer than a piece of work beyond its bound', async t => {
  const { turns, clock, nextTurn } = virtual()
  const PIECE_MS = 4
  const done: number[] = []
  const workers = Array.from({ length: 20 }, async (_, worker) => {
    for (let workedMs = 0; workedMs < 1_000; workedMs += PIECE_MS) {
      const pause = turns.breathe(ANYBODY)
      if (pause !== undefined) await pause
      clock.nowMs += PIECE_MS
    }
    done.push(worker)
  })
  let longestMs = 0
  let count = 0
  for (; done.length < 20; count++) {
    const before = clock.nowMs
    await nextTurn()
    longestMs = Math.max(longestMs, clock.nowMs - before)
  }
  await Promise.all(workers)
  t.ok(longestMs <= 10, `${longestMs} ms`)
  t.ok(count >= 20_000 / 10, 'the loop had its turn so often')
  t.same(
    done,
    Array.from({ length: 20 }, (_, worker) => worker),
    'and they took turns'
  )
})

test('a partner of our own choice has every second turn, and each group of the others one in turn', async t => {
  const { turns, clock, nextTurn } = virtual()
  const served: string[] = []
  const work = async (connection: string, group: string): Promise<void> => {
    await turns.breathe({ connection, group })
    served.push(connection)
    clock.nowMs += 20
  }
  turns.breathe(ANYBODY)
  clock.nowMs += 20
  const flood = Array.from({ length: 5 }, async (_, at) => await work(`flood${at}`, 'flood'))
  const others = [work('honest', 'other'), work('friend', 'flood'), work('friend', 'flood')]
  for (let turn = 0; turn < 8; turn++) await nextTurn()
  await Promise.all([...flood, ...others])
  t.same(served, ['friend', 'flood0', 'friend', 'honest', 'flood1', 'flood2', 'flood3', 'flood4'])
})

test('a group that had no turn lately comes before a hundred groups that had some', async t => {
  const { turns, clock, nextTurn } = virtual()
  const served: string[] = []
  const work = async (group: string, pieces: number): Promise<void> => {
    for (let piece = 0; piece < pieces; piece++) {
      await turns.breathe({ connection: group, group })
      served.push(group)
      clock.nowMs += 6
    }
  }
  turns.breathe(ANYBODY)
  clock.nowMs += 20
  const flood = Array.from({ length: 100 }, async (_, at) => await work(`flood${at}`, 4))
  for (let turn = 0; turn < 150; turn++) await nextTurn()
  const newcomer = work('newcomer', 3)
  for (let turn = 0; turn < 450; turn++) await nextTurn()
  await Promise.all([...flood, newcomer])
  const first = served.indexOf('newcomer')
  t.equal(first, 150, 'it has the next turn')
  t.equal(served.indexOf('newcomer', first + 1), 201, 'another one after those that had one as it has')
  t.equal(served.lastIndexOf('newcomer'), 302, 'and the third after all that had two')
})

test('by itself it lets a timer in, however many promises are settled in between', async t => {
  const turns = new Turns(() => false)
  let timers = 0
  const timer = setInterval(() => timers++, 1)
  const endMs = performance.now() + PATIENCE_MS
  while (timers === 0 && performance.now() < endMs) await turns.breathe(ANYBODY)
  clearInterval(timer)
  t.ok(timers > 0)
})

/** Time passes only when a worker works, and a turn ends when the test says so. */
function virtual() {
  const clock = { nowMs: 0 }
  const later: (() => void)[] = []
  const turns = new Turns(
    peer => peer === 'friend',
    () => clock.nowMs,
    callback => later.push(callback)
  )
  const nextTurn = async (): Promise<void> => {
    for (const callback of later.splice(0)) callback()
    for (let i = 0; i < 20; i++) await Promise.resolve()
  }
  return { turns, clock, nextTurn }
}
