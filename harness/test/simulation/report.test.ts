import { test } from 'tap'
import { renderSimulation } from '../../src/simulation/report.ts'
import { planned, scenario, simulate } from './plans.ts'

test('a report of a run that went well says how well', async t => {
  const report = renderSimulation(simulate({ scenario: 'crash' }))
  t.match(report, /^pass: every book is right since 2\d\.\d\d s, \d\.\d\d s after the last planned change$/m)
  t.match(report, /^kill of n\d+: dropped by 9 of 9, the first after [\d.]+ s, the last after [\d.]+ s$/m)
  t.match(report, /^overlay: mean degree [\d.]+, at most \d+, connected$/m)
  t.match(report, /^to repeat: test-network --runner simulation 10 120 --seed 1 crash$/m)
  t.notMatch(report, /NaN|undefined|never/)
})

test('a report of a run that failed says why, and how to repeat it', async t => {
  const report = renderSimulation(simulate({ deadlineMs: 600 }))
  t.match(report, /^fail: the books did not agree in the end$/m)
  t.match(report, /^ {2}complete: after 0\.6 s \d+ entries were missing/m)
  t.match(report, /100 % at never/)
  t.match(report, /^to repeat: test-network --runner simulation 10 0\.6 --seed 1 calm$/m)
})

test('a report of a run that proved nothing says what was in vain', async t => {
  const faults = [planned({ type: 'partition', nodes: [], direction: 'both' }, 100)]
  t.match(renderSimulation(simulate({ scenario: scenario({ faults }) })), /^ {2}the fault had no effect: partition/m)
})
