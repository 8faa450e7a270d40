/** Rule 40: what nodes receive. Planted nodes cannot break it, as nothing counts the bytes of processes of one host. */
import { test } from 'tap'
import type { Observation } from '../../src/history/history.ts'
import { judge } from '../../src/judge/judge.ts'
import type { Bounds } from '../../src/scenario/plan.ts'
import { broken, simulate } from '../simulation/plans.ts'
import { abc, killC, planned } from '../toolkit/planned-history.ts'

const received = (node: string, bytes: number): Observation => ({ type: 'received', node, bytes })

function judged(bounds: Bounds, ...counts: Observation[]) {
  const history = planned(killC, bounds).at(10_000)
  for (const count of counts) history.observed(count)
  const { checks, findings, notJudged } = judge(history.ended('settled'))
  const [finding] = findings.filter(({ rule }) => rule === 'bytes')
  return { status: checks.find(({ rule }) => rule === 'bytes')!.status, finding, notJudged }
}

const all = (bytes: number) => abc.map(node => received(node, bytes))

test('the average over all nodes and the whole run is held to the bound', async t => {
  t.match(judged({ maxBytesPerSecond: 100 }, ...all(1_000)), { status: 'pass', finding: undefined })
  const over = judged({ maxBytesPerSecond: 100 }, received('a', 500), received('b', 2_000), received('c', 600))
  t.match(over, {
    status: 'fail',
    finding: {
      node: 'b',
      message: /^a node received 103 bytes\/s on average, not at most 100; b received most, 200 bytes\/s$/
    }
  })
})

test('the last count of a node is what counts', async t => {
  t.match(judged({ maxBytesPerSecond: 100 }, ...all(500), ...all(1_000)), { status: 'pass' })
  t.match(judged({ maxBytesPerSecond: 100 }, ...all(500), ...all(1_001)), { status: 'fail' })
})

test('what nothing counts was not tried, and never passes', async t => {
  for (const counts of [[], [received('a', 1)]]) {
    const { status, notJudged } = judged({ maxBytesPerSecond: 100 }, ...counts)
    t.equal(status, 'unknown')
    t.match(
      notJudged.join(),
      /not tried whether a node received more than 100 bytes\/s: .* --runner netns or --runner simulation/
    )
  }
  t.match(judged({}, ...all(1_000_000)), { status: 'not-tried' })
})

test('the simulator counts, for the judge and for the witness', async t => {
  const steps = [broken({ type: 'kill', nodes: ['n5'] })]
  for (const maxRecordedNodes of [0, 200]) {
    const statusAt = (maxBytesPerSecond: number) => {
      const { judgement } = simulate({ steps, bounds: { maxBytesPerSecond } }, { maxRecordedNodes })
      return judgement.checks.find(({ rule }) => rule === 'bytes')!.status
    }
    t.equal(statusAt(1_000_000), 'pass')
    t.equal(statusAt(10), 'fail')
  }
})
