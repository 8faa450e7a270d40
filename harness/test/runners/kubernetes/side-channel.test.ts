import fc from 'fast-check'
import { test } from 'tap'
import { joined, MeasuredClock, readingOf } from '../../../src/runners/kubernetes/side-channel/clocks.ts'
import { parseFrame, type Report } from '../../../src/runners/kubernetes/side-channel/frames.ts'
import { type NumberedCommand, PodLink } from '../../../src/runners/kubernetes/side-channel/pod-link.ts'

test('whatever comes over the side channel is a frame or nothing', async () => {
  fc.assert(fc.property(fc.string(), text => parseFrame(text) === undefined))
  fc.assert(
    fc.property(fc.json(), text => {
      parseFrame(text)
      return true
    })
  )
})

test('a frame that is not what its kind says is nothing', t => {
  const hello = { type: 'hello', pod: 'p', slot: '0-0', address: '10.0.0.1' }
  t.match(parseFrame(JSON.stringify(hello)), { ...hello, got: 0 })
  t.equal(parseFrame(JSON.stringify({ ...hello, pod: 7 })), undefined)
  t.equal(parseFrame(JSON.stringify({ type: 'out', pod: 'p', seq: 0, stream: 'stdout', data: '' })), undefined)
  t.end()
})

/** What is done with one frame on its way, and when a new connection begins. */
const fate = fc.constantFrom('pass' as const, 'pass' as const, 'lose' as const, 'twice' as const, 'connect' as const)

test('over connections that lose, repeat and break, each report is handled once and in order', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fate, { maxLength: 60 }), async fates => {
      const handled: number[] = []
      const link = new PodLink({ send: () => {}, handle: async ({ seq }) => void handled.push(seq) })
      const reports = Array.from({ length: 8 }, (_, index) => index + 1)
      let from = 1
      for (const each of fates) {
        if (each === 'connect') from = Math.max(1, handled.length + 1)
        else if (from <= reports.length) {
          for (let times = 0; times < (each === 'twice' ? 2 : each === 'lose' ? 0 : 1); times += 1)
            link.take(report(from))
          from += 1
        }
        await new Promise(setImmediate)
      }
      for (const seq of reports) link.take(report(seq))
      await new Promise(setImmediate)
      await new Promise(setImmediate)
      return handled.join() === reports.join()
    }),
    { numRuns: 50 }
  )
})

test('a command is sent again on each connection until the pod has confirmed it', t => {
  const sent: (NumberedCommand | { type: 'hello' | 'ack'; got: number })[] = []
  const link = new PodLink({ send: frame => void sent.push(frame), handle: async () => {} })
  link.tell({ type: 'close-stdin' })
  link.tell({ type: 'end' })
  link.resume(1)
  link.resume(2)
  const numbers = sent.map(frame => ('seq' in frame ? frame.seq : frame.type))
  t.same(numbers, [1, 2, 'hello', 2, 'hello'])
  t.end()
})

test('a clock is never further from the truth than its reading says, whatever way the time on the road is shared', async () => {
  const ms = fc.double({ min: 0, max: 1_000, noNaN: true })
  fc.assert(
    fc.property(fc.double({ min: -1e6, max: 1e6, noNaN: true }), ms, ms, ms, ms, (aheadMs, there, back, far, home) => {
      const near = readingOf(50, 50 + there + aheadMs, 50 + there + back)
      const further = readingOf(70, 70 + far + aheadMs, 70 + far + home)
      const both = joined(near, further)
      return (
        Math.abs(near.aheadMs - aheadMs) <= near.withinMs + 1e-6 &&
        Math.abs(both.aheadMs - 2 * aheadMs) <= both.withinMs + 1e-6
      )
    })
  )
})

test('the exactest reading of the last minute counts', t => {
  const clock = new MeasuredClock()
  clock.add({ aheadMs: 5, withinMs: 2 }, 0)
  clock.add({ aheadMs: 9, withinMs: 8 }, 1_000)
  t.match(clock.reading, { aheadMs: 5 })
  clock.add({ aheadMs: 9, withinMs: 8 }, 61_000)
  t.match(clock.reading, { aheadMs: 9 })
  t.end()
})

function report(seq: number): Report {
  return { type: 'terminated', pod: 'p', seq, atMs: 0 }
}
