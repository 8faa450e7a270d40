import fc from 'fast-check'
import { test } from 'tap'
import { atTheirTimes } from '../../src/history/at-their-times.ts'
import type { HistoryEvent } from '../../src/history/history.ts'
import { anyHistory } from '../toolkit/any-history.ts'

/** Some of what nodes tell is heard late. */
const anyDelayed = fc
  .tuple(anyHistory, fc.array(fc.option(fc.nat(60)), { minLength: 70, maxLength: 70 }))
  .map(([history, delays]) =>
    history.map((event, index): HistoryEvent => {
      const delayedMs = delays[index]
      return delayedMs === null || delayedMs === undefined || event.type !== 'line' ? event : { ...event, delayedMs }
    })
  )

test('what was heard late is put where it happened, and nothing is lost or comes later than it was heard', async () => {
  fc.assert(
    fc.property(anyDelayed, history => {
      const moved = atTheirTimes(history)
      const times = moved.map(({ atMs }) => atMs)
      const isSorted = times.slice(1).every((atMs, index) => atMs >= times[index]!)
      const heard = new Map(history.map(event => [keyOf(event), event.atMs]))
      return (
        isSorted &&
        moved.length === history.length &&
        moved.every(event => event.atMs <= (heard.get(keyOf(event)) ?? -1))
      )
    })
  )
})

test('what a node did stays in its order, and after what the harness had asked it', async () => {
  fc.assert(
    fc.property(anyDelayed, history => {
      const moved = atTheirTimes(history)
      return ['a', 'b', 'c', 'd'].every(node => {
        const [before, after] = [history, moved].map(events =>
          events.filter(event => 'node' in event && event.node === node).map(keyOf)
        )
        return JSON.stringify(before) === JSON.stringify(after)
      })
    })
  )
})

test('a line that was written in time and heard late counts from when it was written', t => {
  const history: HistoryEvent[] = [
    { atMs: 0, type: 'spawned', node: 'a', run: 1 },
    { atMs: 100, type: 'run-ended', reason: 'settled' },
    { atMs: 150, type: 'line', node: 'a', run: 1, line: { type: 'expired', peerId: 'b' }, delayedMs: 60 }
  ]
  t.match(atTheirTimes(history), [{ type: 'spawned' }, { type: 'line', atMs: 90 }, { type: 'run-ended' }])
  t.end()
})

test('a history of this host stays as it is', t => {
  const history: HistoryEvent[] = [{ atMs: 5, type: 'spawned', node: 'a', run: 1 }]
  t.equal(atTheirTimes(history), history)
  t.end()
})

/** Events of a test differ in when they were heard and in what they say. */
function keyOf({ atMs: _, ...event }: HistoryEvent): string {
  return JSON.stringify(event)
}
