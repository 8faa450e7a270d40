import { readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import tap, { type Test, test } from 'tap'
import { FILE_PATIENCE_MS } from '../../../scripts/tests/until.ts'
import { FORMAT_NAMES } from '../../src/cli/judging/format-names.ts'
import type { History } from '../../src/history/history.ts'
import { nodeCommand, startHarness } from '../toolkit/harness.ts'
import { converged, historyOf } from '../toolkit/history-builder.ts'

tap.setTimeout(FILE_PATIENCE_MS)

const abc = ['a', 'b', 'c']

function ndjson(history: History): string {
  return history.map(event => `${JSON.stringify(event)}\n`).join('')
}

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
    const folder = t.testdir({ 'history.ndjson': ndjson(history) })
    const { code: actual, stdout } = await judgeAgain(t, folder, '.', '--json')
    t.equal(actual, code)
    t.match(JSON.parse(stdout), { v: 2, exitCode: code })
  }
})

test('what is no history of a run is wrong usage, told in one line', async t => {
  const folder = t.testdir({
    empty: { 'history.ndjson': '' },
    other: { 'history.ndjson': '{"atMs":1,"type":"x"}\n\u001b[2Jboo\n' },
    foreign: { 'history.ndjson': '{"atMs":1,"type":"line","node":"n1","run":1}\n' },
    tomorrow: { 'history.ndjson': '{"atMs":0,"type":"run-started","v":2}\n' },
    later: { 'history.ndjson': ndjson(converged(abc).ended('settled')), 'result.json': '{"v":3}' }
  })
  for (const [run, wanted] of [
    ['nowhere', /nowhere\/history\.ndjson is not there/],
    ['empty', /is empty/],
    ['other', /line 2 is no event of a history/],
    ['foreign', /foreign\/history\.ndjson line 1 is no event that a run wrote: line: /],
    ['tomorrow', /tomorrow\/history\.ndjson is of version 2, and this program reads up to 1: use a newer test-network/],
    ['later', /later\/result\.json is of version 3, and this program reads up to 2: use a newer test-network/]
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

const BEGINNINGS = {
  text: /^PASS /,
  json: /^\{\n {2}"v": 2,/,
  junit: /^<\?xml /,
  tap: /^TAP version 14\n/,
  markdown: /^## ✅ PASS: /,
  openmetrics: /^# TYPE gossip_testbed_run info\n/,
  html: /^<!doctype html>/i
} as const satisfies Record<(typeof FORMAT_NAMES)[number], RegExp>

test('every format is made from the history alone, and the folder is left as it is', async t => {
  const folder = t.testdir({ 'history.ndjson': ndjson(converged(abc).ended('settled')) })
  for (const format of FORMAT_NAMES) {
    const { code, stdout, stderr } = await judgeAgain(t, folder, '.', '--format', format)
    t.equal(code, 0, stderr)
    t.equal(stderr, '')
    t.match(stdout, BEGINNINGS[format])
    t.ok(stdout.endsWith('\n'))
    const file = `x.${format}`
    const into = await judgeAgain(t, folder, '.', '--format', format, '--out', file)
    t.match(into, { code: 0, stdout: '', stderr: '' })
    t.equal(await readFile(join(folder, file), 'utf8'), stdout)
    await rm(join(folder, file))
  }
  t.same(await readdir(folder), ['history.ndjson'])
})

test('a format that does not exist, and a file that cannot be written, are wrong usage', async t => {
  const folder = t.testdir({ 'history.ndjson': ndjson(converged(abc).ended('settled')) })
  for (const [args, wanted] of [
    [['--format', 'yaml'], /--format must be one of text, json, junit, tap, markdown, openmetrics, html, not yaml/],
    [['--format', 'tap', '--json'], /--json and --format go not together/],
    [['--out', 'x'], /--out goes with --format/],
    [['--format', 'tap', '--out', 'no/where'], /--out must name a file that can be written/]
  ] as const) {
    const { code, stdout, stderr } = await judgeAgain(t, folder, '.', ...args)
    t.equal(code, 2)
    t.equal(stdout, '')
    t.match(stderr, wanted)
    t.match(stderr, /^test-network: [^\n]+\n$/)
  }
})
