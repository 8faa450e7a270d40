import { readFile } from 'node:fs/promises'
import { test } from 'tap'
import { readScenario } from '../../src/scenario/file/read.ts'
import { scenarioSchema } from '../../src/scenario/file/schema.ts'
import { STEP_NAMES, stepSchemas } from '../../src/scenario/file/step-schemas.ts'
import { planScenario } from '../../src/scenario/planning/plan-scenario.ts'

const guide = await readFile(new URL('../../../docs/guide/scenarios.md', import.meta.url), 'utf8')
const netnsGuide = await readFile(new URL('../../../docs/guide/netns.md', import.meta.url), 'utf8')
const examples = [...`${guide}${netnsGuide}`.matchAll(/```yaml\n(.*?)```/gs)].map(([, text]) => text!)

test('every example of the guides can be planned', async t => {
  t.equal(examples.length, 3)
  for (const text of examples) {
    const scenario = readScenario(text, { name: 'my', file: 'my.yaml' })
    t.equal(planScenario(scenario, { settleMs: 1_000 }).nodes.length, 12)
  }
})

test('the mistake that the guide shows is told in these words', async t => {
  const shown = /`(my\.yaml:6:10: .*?)`/s.exec(guide)![1]!.replace(/\s+/g, ' ')
  const text = 'about: x\nsteps:\n  - kill: 1\n    at: 5s\n  - partition: 50%\n    for: 60'
  t.throws(() => readScenario(text, { name: 'my', file: 'my.yaml' }), { message: shown })
})

test('the guide has every key of a scenario', async t => {
  const { shape } = scenarioSchema
  const keys = [
    ...Object.keys(shape),
    ...Object.keys(shape.bounds.unwrap().shape),
    ...Object.keys(shape.behind.unwrap().shape),
    ...Object.keys(shape.links.unwrap().shape),
    ...Object.keys(shape.programs.unwrap().valueType.shape),
    ...STEP_NAMES.flatMap(name => Object.keys(stepSchemas[name].shape))
  ]
  for (const key of new Set(keys)) t.match(guide, new RegExp(`\`${key}(: [\\w ]+)?\``), `\`${key}\``)
})
