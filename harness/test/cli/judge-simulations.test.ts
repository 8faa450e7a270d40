/** Every shipped scenario, simulated and judged again from its folder. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'tap'
import { judgeFolder } from '../../src/cli/judge.ts'
import { simulateQuietly } from '../../src/cli/simulate.ts'
import { needsOf } from '../../src/scenario/needs.ts'
import { planScenario } from '../../src/scenario/planning/plan-scenario.ts'
import { loadScenario, shippedNames } from '../../src/scenario/shipped.ts'

const FILES = ['result.json', 'junit.xml', 'report.html']

async function contentsOf(folder: string): Promise<string[]> {
  return await Promise.all(FILES.map(async file => await readFile(join(folder, file), 'utf8')))
}

for (const name of await shippedNames()) {
  const plan = planScenario(await loadScenario(name), { nodes: 12, seed: 1, settleMs: 1_000 })
  // What the simulator has no model of, it refuses.
  if (needsOf(plan).behind.length > 0) continue
  test(`${name}: judged again, its verdict, its figures and its reports are the same, byte for byte`, async t => {
    const simulated = await simulateQuietly(plan, new AbortController().signal)
    const folder = await simulated.keep(t.testdir())
    const before = await contentsOf(folder)
    await judgeFolder(folder)
    t.same(await contentsOf(folder), before)
    t.match(JSON.parse(before[0]!), { outcome: 'pass', simulation: { events: Number, fingerprint: String } })
  })
}
