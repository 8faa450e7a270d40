/** In a job of GitHub: what is printed between the command and what follows it. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import tap, { type Test, test } from 'tap'
import { FILE_PATIENCE_MS } from '../../../scripts/tests/until.ts'
import { nodeCommand, startHarness, untilTold } from '../toolkit/harness.ts'
import { historyOf } from '../toolkit/history-builder.ts'

tap.setTimeout(FILE_PATIENCE_MS)

const RUN = ['2', '60', ...nodeCommand('exits-at-once.mjs')]

async function inJob(t: Test, folder: string, argv: string[], env: Record<string, string> = {}) {
  return await startHarness(t, folder, argv, { env: { GITHUB_ACTIONS: 'true', ...env } }).ended
}

test('in a job, a failed run is text without commands, then annotations; the summary of the job has it as Markdown', async t => {
  const folder = t.testdir({ 'summary.md': '# of the step before\n' })
  const env = { GITHUB_STEP_SUMMARY: join(folder, 'summary.md') }
  const { code, stdout } = await inJob(t, folder, RUN, env)
  t.equal(code, 1)
  const [, token, text, annotations] = /^::stop-commands::(\S{36})\n(.*)\n::\1::\n(.*)$/s.exec(stdout) ?? []
  t.ok(token)
  t.match(text, /^FAIL /m)
  t.match(annotations, /^(::error title=[^\n]+::[^\n]+\n)+$/)
  const summary = await readFile(env.GITHUB_STEP_SUMMARY, 'utf8')
  t.match(summary, /^# of the step before\n## ❌ FAIL: /)
})

test('outside of a job nothing of it is printed or written', async t => {
  const { stdout, stderr } = await startHarness(t, t.testdir(), RUN).ended
  t.notMatch(stdout + stderr, '::')
})

test('stdout that is data stays data', async t => {
  const { stdout, stderr } = await inJob(t, t.testdir(), [...RUN, '--json'])
  t.match(JSON.parse(stdout), { outcome: 'fail' })
  t.match(stderr, /^::stop-commands::(\S{36})\n(.*\n)*::\1::\n(::error [^\n]+\n)+$/)
})

test('a run that passes is told by no annotation, and a summary that cannot be written changes nothing', async t => {
  const folder = t.testdir()
  const argv = ['2', '60', ...nodeCommand('honest.mjs')]
  const env = { GITHUB_ACTIONS: 'true', GITHUB_STEP_SUMMARY: join(folder, 'no/where.md') }
  const { code, stdout, stderr } = await untilTold(() => startHarness(t, folder, argv, { env }))
  t.equal(code, 0, stderr)
  t.match(stdout, /\n::[^:\n]{36}::\n$/)
  t.match(stderr, /^the summary of the job is missing: /m)
})

test('what nodes wrote forges no command when a run is judged again', async t => {
  const history = historyOf(['a', 'b'], { scenario: 'x' }).started('a', 'b')
  const rubbish = `${'x '.repeat(60)}::error::forged`
  history.exited('b', { code: 1, stderrTail: ['::error::forged', '##[error]forged', rubbish] })
  const lines = history
    .at(9_000)
    .ended('deadline')
    .map(event => `${JSON.stringify(event)}\n`)
  const folder = t.testdir({ 'history.ndjson': lines.join('') })
  const { stdout } = await inJob(t, folder, ['judge', '.'])
  t.match(stdout, /^::stop-commands::(\S{36})\n/)
  t.match(stdout, /forged/)
  t.match(stdout, /\n::[^:\n]{36}::\n$/)
  t.notMatch(stdout, '##[')
})
