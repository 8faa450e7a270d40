/** A split of six nodes that is healed, and after which the two halves do not find each other again. */
import type { History, Observation } from '../../src/history/history.ts'
import type { Plan } from '../../src/scenario/plan.ts'
import { HistoryBuilder } from '../toolkit/history-builder.ts'

const LEFT = ['n1', 'n2', 'n3']
const RIGHT = ['n4', 'n5', 'n6']
const ALL = [...LEFT, ...RIGHT]

export function unhealed(): History {
  const history = new HistoryBuilder(start())
    .started(...ALL)
    .everybodyMeets()
    .at(3_000)
    .observed({ type: 'step', step: 's1', state: 'begun' })
    .faultInjected('s1', ...ALL)
    .observed({ type: 'fault-proof', fault: 's1', of: 'injection', result: 'confirmed', seen: '40 packets dropped' })
    .observed({ type: 'step', step: 's1', state: 'done' })
    .at(5_000)
  for (const [here, there] of [
    [LEFT, RIGHT],
    [RIGHT, LEFT]
  ] as const) {
    for (const observer of here) for (const subject of there) history.expired(observer, subject)
  }
  return history
    .at(8_000)
    .faultHealed('s1', ...ALL)
    .observed({ type: 'fault-proof', fault: 's1', of: 'undo', result: 'confirmed', seen: 'no rule is left' })
    .at(25_000)
    .dumped(...ALL)
    .ended('deadline')
}

function start(): Extract<Observation, { type: 'run-started' }> {
  const plan: Plan = {
    scenario: 'split',
    seed: 1,
    nodes: ALL.map(name => ({ name, program: 'p', bootstrap: [], startsAtOnce: true })),
    links: {},
    steps: [
      {
        id: 's1',
        begins: { type: 'at', atMs: 2_000, from: 'full' },
        action: { type: 'fault', fault: { type: 'partition', groups: [LEFT] }, forMs: 5_000 },
        withinMs: 30_000
      }
    ],
    bounds: { reconvergeWithinMs: 10_000 },
    deadlineMs: 25_000,
    settleMs: 1_000
  }
  const { scenario, deadlineMs, settleMs } = plan
  const startedAt = '1970-01-01T00:00:01.000Z'
  const command = 'test-network run split 6 25 --runner netns'
  return { type: 'run-started', startedAt, scenario, nodes: ALL, deadlineMs, settleMs, command, plan }
}
