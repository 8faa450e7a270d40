import { test } from 'tap'
import { renderSimulation } from '../../src/simulation/report.ts'
import { broken, simulate } from './plans.ts'

test('a report of a run that went well says how well', async t => {
  const report = renderSimulation(simulate({ steps: [broken({ type: 'kill', nodes: ['n5'] })] }))
  t.match(report, /^PASS {2}9 nodes held through 1 fault, and what was gone was in no book after \d\.\d\d s\n/)
  t.match(report, /^every book is right since 1\d\.\d\d s, \d\.\d\d s after the last planned change$/m)
  t.match(report, /^kill of n\d+: dropped by 9 of 9, the first after [\d.]+ s, the last after [\d.]+ s$/m)
  t.match(report, /^overlay: mean degree [\d.]+, at most \d+, connected$/m)
  t.match(report, /^times: start .*, full .*, noticed s1 .*, 100 % complete /m)
  t.notMatch(report, /NaN|undefined|never/)
})

test('a report of a run that failed says why', async t => {
  const report = renderSimulation(simulate({ deadlineMs: 600 }))
  t.match(report, /^FAIL {2}n\d+ .* do(es)? not list n\d.*\nthe books did not agree in the end\n/)
  t.match(report, /^ {2}22 complete: .* does not list n\d/m)
  t.match(report, /100 % complete never$/m)
})

test('a report of a run that proved nothing says what was in vain', async t => {
  const nobodyIsCut = broken({ type: 'partition', groups: [] }, 100)
  const report = renderSimulation(simulate({ steps: [nobodyIsCut] }))
  t.match(report, /^ {2}39 faults-bite: fault s1 had no effect: 0 messages stopped; choose .*$/m)
})
