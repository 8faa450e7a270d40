import { readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import tap, { type Test, test } from 'tap'
import { FILE_PATIENCE_MS } from '../../../scripts/tests/until.ts'
import { nodeCommand, startHarness } from '../toolkit/harness.ts'
import { converged, historyOf } from '../toolkit/history-builder.ts'

tap.setTimeout(FILE_PATIENCE_MS)

const abc = ['a', 'b', 'c']

async function judgeAgain(t: Test, folder: string, ...args: string[]) {
  return await startHarness(t, folder, ['judge', ...args]).ended
}

test('a run that is judged again has the same result and the same reports', async t => {
  const folder = t.testdir()
  const run = await startHarness(t, folder, ['3', '60', ...nodeCommand('honest.mjs')]).ended
  const files = ['result.json', 'junit.xml', 'report.html'].map(file => join(folder, 'runs/latest', file))
  const before = await Promise.all(files.map(async file => await readFile(file, 'utf8')))
  await Promise.all(files.map(async file => await rm(file)))
  const again = await judgeAgain(t, folder, 'runs/latest')
  t.equal(again.code, run.code)
  const after = await Promise.all(files.map(async file => await readFile(file, 'utf8')))
  const { artefacts: _, ...result } = JSON.parse(after[0]!)
  const { artefacts: __, ...expected } = JSON.parse(before[0]!)
  t.same(result, expected)
  t.same(after.slice(1), before.slice(1))
})

test('a history alone is enough, with the exit code of its outcome', async t => {
  for (const [history, code] of [
    [converged(abc).ended('settled'), 0],
    [
      historyOf(abc)
        .started(...abc)
        .at(9_000)
        .ended('deadline'),
      1
    ],
    [converged(abc).ended('interrupted'), 3]
  ] as const) {
    const folder = t.testdir({ 'history.ndjson': history.map(event => `${JSON.stringify(event)}\n`).join('') })
    const { code: actual, stdout } = await judgeAgain(t, folder, '.', '--json')
    t.equal(actual, code)
    t.match(JSON.parse(stdout), { v: 1, exitCode: code })
  }
})

test('what is no history of a run is wrong usage, told in one line', async t => {
  const folder = t.testdir({
    empty: { 'history.ndjson': '' },
    other: { 'history.ndjson': '{"atMs":1,"type":"x"}\n\u001b[2Jboo\n' },
    foreign: { 'history.ndjson': '{"atMs":1,"type":"line","node":"n1","run":1}\n' }
  })
  for (const [run, wanted] of [
    ['nowhere', /nowhere\/history\.ndjson is not there/],
    ['empty', /is empty/],
    ['other', /line 2 is no event of a history/],
    ['foreign', /the history is not one that a run wrote/]
  ] as const) {
    const { code, stdout, stderr } = await judgeAgain(t, folder, run)
    t.equal(code, 2)
    t.equal(stdout, '')
    t.match(stderr, wanted)
    t.match(stderr, /^test-network: [^\n]+\n$/)
    t.notOk(stderr.includes('\u001b'), 'nothing of the file reaches the terminal as a control')
  }
  await writeFile(join(folder, 'file'), '')
  t.match((await judgeAgain(t, folder)).stderr, /judge wants the folder of a run/)
})
