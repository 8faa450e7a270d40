import { spawnSync } from 'node:child_process'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'tap'
import { contractSchema, schemaPath } from '../scripts/contract-schema.ts'
import { commandSchema, MAX_LINE_BYTES, nodeLineSchema } from '../src/contract.ts'
import { judge } from '../src/judge/judge.ts'
import { MAX_LINES_PER_SECOND } from '../src/runners/output/read-lines.ts'
import { createProcessRunner } from '../src/runners/process.ts'
import { planColdStart } from '../src/scenario/cold-start.ts'
import { supervise } from '../src/supervisor/supervisor.ts'

const prose = await readFile(new URL('../../docs/CONTRACT.md', import.meta.url), 'utf8')
const hasPython = spawnSync('python3', ['--version']).status === 0

test('the JSON Schema is what the harness checks with (else: npm run schema -w harness)', async t => {
  t.same(JSON.parse(await readFile(schemaPath, 'utf8')), JSON.parse(contractSchema()))
})

test('every line of the transcript, and every block, is a line of the contract', async t => {
  const said = [...prose.matchAll(/^(?:< |```json\n)(.*)$/gm)].map(match => JSON.parse(match[1]!))
  const heard = [...prose.matchAll(/^> (.*)$/gm)].map(match => JSON.parse(match[1]!))
  t.equal(said.length, 5)
  t.equal(heard.length, 2)
  for (const line of said) t.match(nodeLineSchema.safeParse(line), { success: true })
  for (const command of heard) t.match(commandSchema.safeParse(command), { success: true })
})

test('the prose names every line, every command, and the bounds', async t => {
  for (const option of [...nodeLineSchema.options, ...commandSchema.options]) {
    t.match(prose, `"type":"${option.shape.type.value}"`)
  }
  t.match(prose, MAX_LINE_BYTES.toLocaleString('en'))
  t.match(prose, `${MAX_LINES_PER_SECOND.toLocaleString('en')} lines a second`)
})

test('fields that the contract does not name are no fault', async t => {
  t.match(nodeLineSchema.safeParse({ type: 'left', peerId: 'a', why: 'farewell' }), { success: true })
})

test('the node of the prose, in Python, passes a run', { skip: !hasPython && 'python3 is not here' }, async t => {
  const program = join(t.testdir(), 'node.py')
  await writeFile(program, /```python\n(.*?)```/s.exec(prose)![1]!)
  const runner = createProcessRunner({ command: ['python3', program] })
  const plan = planColdStart({ scenario: 'test', nodes: 5, bootstrapPeers: 1, deadlineMs: 20_000, settleMs: 200 })
  const interrupt = new AbortController().signal
  const history = await supervise(plan, { runner, interrupt, command: '', concurrentStarts: 2, onEvent: () => {} })
  await runner.close()
  t.match(judge(history), { outcome: 'pass', findings: [] })
  t.same(
    history.flatMap(event => (event.type === 'exited' ? [event.code] : [])),
    [0, 0, 0, 0, 0]
  )
})
