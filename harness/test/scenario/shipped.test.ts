import { test } from 'tap'
import { needsOf } from '../../src/scenario/needs.ts'
import { actedOn } from '../../src/scenario/planning/actions.ts'
import { planScenario } from '../../src/scenario/planning/plan-scenario.ts'
import { lastsMs } from '../../src/scenario/planning/timeline.ts'
import { loadScenario, shippedNames } from '../../src/scenario/shipped.ts'

const LONGEST_MS = 240_000

/** As long as in the papers whose figures they are compared with. */
const STORM_MS = 480_000
const STORMS = ['one-way-flapping', 'outbound-loss', 'starved-long']

const wanted =
  `bootstrap-dies calm churn clock-jumps crash crash-and-newcomer everybody-restarts flapping freeze home-routers
  hotel-and-office isolate-one late-joiner leave lossy nat-changes one-way one-way-flapping outbound-loss power-off restart
  restart-without-key rolling-restart slow-links split split-long starved starved-long ten-crashes two-versions`.split(
    /\s+/
  )

const names = await shippedNames()

test('the shipped scenarios are those that the guide lists', async t => {
  t.same(names, wanted)
})

for (const name of wanted) {
  test(`${name} can be planned for 3, 12 and 200 nodes, and is over in time`, async t => {
    const scenario = await loadScenario(name)
    const longestMs = STORMS.includes(name) ? STORM_MS : LONGEST_MS
    const sizes = name === 'ten-crashes' ? [12, 200] : [3, 12, 200]
    for (const nodes of sizes) {
      const plan = planScenario(scenario, { nodes, settleMs: 1_000 })
      t.equal(plan.nodes.length, nodes)
      t.ok(lastsMs(plan.steps) <= longestMs - 30_000, 'there is time to start')
      for (const { action } of plan.steps) {
        if (action.type !== 'wait') t.ok(actedOn(action).length > 0 || needsOf(plan).faults.includes('partition'))
      }
    }
    t.ok(planScenario(scenario, { nodes: 12, settleMs: 1_000 }).deadlineMs <= longestMs)
  })
}

test('ten crashes need more than ten nodes, and say so', async t => {
  const scenario = await loadScenario('ten-crashes')
  t.throws(() => planScenario(scenario, { nodes: 3, settleMs: 0 }), {
    message: /10 nodes cannot be chosen, at most 2; give/
  })
  t.same(actedOn(planScenario(scenario, { settleMs: 0 }).steps[0]!.action).length, 10)
})

test('a newcomer of bootstrap-dies is told of a node that lives', async t => {
  const { nodes, steps } = planScenario(await loadScenario('bootstrap-dies'), { nodes: 12, settleMs: 0 })
  t.same(actedOn(steps[0]!.action), ['n1'])
  t.same(nodes.at(-1)!.bootstrap.length, 1)
  t.notSame(nodes.at(-1)!.bootstrap, ['n1'])
})

test('the nodes of two-versions run ours on both versions of libp2p', async t => {
  const { nodes, programs } = planScenario(await loadScenario('two-versions'), { nodes: 12, settleMs: 0 })
  t.same(programs, { 'libp2p-3': { ours: 'libp2p-3' }, 'libp2p-2': { ours: 'libp2p-2' } })
  t.equal(nodes.filter(({ program }) => program === 'libp2p-2').length, 6)
})

test('what a scenario needs is told: faults of the runner, and what the program must be able to do', async t => {
  const all = async (name: string) => needsOf(planScenario(await loadScenario(name), { nodes: 12, settleMs: 0 }))
  const needs = async (name: string) => {
    const { behind, ...others } = await all(name)
    t.same(behind, [])
    return others
  }
  const { behind, ...others } = await all('nat-changes')
  t.same({ behind: [...behind].sort(), ...others }, { faults: ['nat-changes'], behind: ['cgnat', 'home'], can: [] })
  t.same(await needs('calm'), { faults: [], can: [] })
  t.same(await needs('split'), { faults: ['partition'], can: [] })
  t.same(await needs('lossy'), { faults: ['links', 'pause'], can: [] })
  t.same(await needs('leave'), { faults: [], can: ['leave'] })
  t.same(await needs('restart'), { faults: [], can: ['key'] })
  t.same(await needs('restart-without-key'), { faults: [], can: [] })
  t.same(await needs('clock-jumps'), { faults: ['clock'], can: ['clock'] })
})

test('a name with a mistake is told with the one that was meant, and files by their ending', async t => {
  await t.rejects(loadScenario('splitt'), { message: /^no scenario is called "splitt"; did you mean split\?/ })
  await t.rejects(loadScenario('\u001b[2J'), { message: /^no scenario is called "\P{Cc}*$/u })
  const folder = t.testdir({ 'my.yaml': 'about: mine', 'bad.yaml': 'abut: mine' })
  t.match(await loadScenario(`${folder}/my.yaml`), { name: 'my', about: 'mine' })
  await t.rejects(loadScenario(`${folder}/bad.yaml`), { message: /bad\.yaml:1:1: unknown key "abut"/ })
  await t.rejects(loadScenario(`${folder}/none.yaml`), { message: /none\.yaml cannot be read: there is no such file$/ })
  await t.rejects(loadScenario(folder), { message: /cannot be read: it is a folder$/ })
})
