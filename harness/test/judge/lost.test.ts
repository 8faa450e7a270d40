/** When a run cannot pass any more, and what is owed by one that ends for that reason. */
import { test } from 'tap'
import { networkOf } from '../../src/history/network.ts'
import { isLost } from '../../src/judge/judge.ts'
import type { PlannedStep } from '../../src/scenario/plan.ts'
import { converged, type HistoryBuilder } from '../toolkit/history-builder.ts'
import { judgedGroup } from '../toolkit/judged-group.ts'
import { planned, stepOf } from '../toolkit/planned-history.ts'

const wait = stepOf({ type: 'wait', until: 'full' })
const leave = stepOf({ type: 'leave', nodes: ['c'] })

type State = 'done' | 'missed' | 'failed'

/** A run of that step, with nothing else wrong. */
function stepped(step: PlannedStep, state: State): HistoryBuilder {
  const history = planned(step).observed({ type: 'step', step: 's1', state: 'begun' })
  return history.at(9_000).observed({ type: 'step', step: 's1', state, why: 'x' })
}

test('a run is lost once a wait of its plan is missed, or a node broke a rule for good, and not before', async t => {
  const isLostSoFar = ({ events }: HistoryBuilder) => isLost(networkOf(events))
  t.equal(isLostSoFar(converged(['a', 'b'])), false)
  t.equal(isLostSoFar(converged(['a', 'b']).exited('a', { code: 1 })), true)
  t.equal(isLostSoFar(planned(wait)), false)
  t.equal(isLostSoFar(stepped(wait, 'done')), false)
  t.equal(isLostSoFar(stepped(wait, 'missed')), true)
})

test('a run that ended early owes whole books only if a wait was missed, and all were there long enough to meet', async t => {
  const lacking = (history: HistoryBuilder) => judgedGroup('complete', history.left('a', 'b').ended('decided'))
  t.equal(lacking(stepped(wait, 'missed')).status, 'fail')
  const owesNothing = {
    'a wait that was not missed': stepped(wait, 'done'),
    'a wait that could not be carried out': stepped(wait, 'failed'),
    'a missed step that is no wait': stepped(leave, 'missed'),
    'a node that was just ready': stepped(wait, 'missed').stopRequested('c').exited('c').at(9_500).started('c')
  }
  for (const [name, history] of Object.entries(owesNothing)) {
    const { status, reasons } = lacking(history)
    t.equal(status, 'unknown', name)
    t.match(reasons.join(), /the run ended early, after 9\.\d\d s/, name)
  }
})
