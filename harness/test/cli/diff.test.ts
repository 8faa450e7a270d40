import { readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { type Test, test } from 'tap'
import { type Difference, differenceOf } from '../../src/reports/difference/difference.ts'
import { differenceText } from '../../src/reports/difference/text.ts'
import { judged } from '../../src/reports/judged.ts'
import { expectRefusal, startHarness } from '../toolkit/harness.ts'
import { historyOf } from '../toolkit/history-builder.ts'

const whole = () =>
  judged(historyOf(['a', 'b']).started('a', 'b').joined('a', 'b').joined('b', 'a').at(500).ended('settled'))
const torn = () => judged(historyOf(['a', 'b']).started('a', 'b').joined('a', 'b').at(900).ended('deadline'))

test('what came and went is told, and a check that fails makes the second run worse', async t => {
  const difference = differenceOf(whole(), torn())
  t.match(difference, { isWorse: true, outcome: { after: 'fail' }, findings: { went: [] } })
  t.ok(difference.checks.some(({ rule, after }) => rule === 'complete' && after === 'fail'))
  t.ok(difference.findings.came.some(({ rule, message }) => rule === 'complete' && message.includes('b')))
  const back = differenceOf(torn(), whole())
  t.equal(back.isWorse, false)
  t.equal(back.findings.came.length, 0)
  t.same(back.findings.went, difference.findings.came)
})

test('a figure has both values, and a ratio where there is one', async t => {
  const { figures } = differenceOf(whole(), torn())
  const end = figures.find(({ figure }) => figure === 'end')!
  t.same([end.before, end.after, end.ratio], [500, 900, 1.8])
  const full = figures.find(({ figure }) => figure === 'full')!
  t.same([full.after, full.ratio, full.texts.after], [null, null, 'never'])
})

test('a run compared with itself has no differences', async t => {
  const difference = differenceOf(whole(), whole())
  t.match(difference, { isWorse: false, checks: [], findings: { came: [], went: [] }, plan: [] })
  t.match(differenceText(difference), /\nthe plans are equal\n$/)
})

test('what a node wrote cannot move the cursor', async t => {
  const came = [{ rule: 'lines' as const, node: 'a', cause: 'line-refused' as const, message: '\u009b2Jx' }]
  const difference: Difference = { ...differenceOf(whole(), whole()), findings: { came, went: [] } }
  t.match(differenceText(difference), /came: .* \ufffd2Jx\n/)
})

test('the folders of two runs are compared, and stay as they are', async t => {
  const folder = t.testdir()
  const [before, after] = [await simulated(t, folder, '4'), await simulated(t, folder, '5')]
  const modified = async () => (await stat(join(folder, after, 'result.json'))).mtimeMs
  const earlier = await modified()
  const { code, stdout } = await startHarness(t, folder, ['diff', before, after]).ended
  t.equal(code, 0)
  t.match(stdout, /^both runs: pass\n\n\| figure /)
  t.match(stdout, /^\| full +\| +\d\.\d\d s \| +\d\.\d\d s \| +\d\.\d\d x \|$/m)
  t.match(stdout, /^plan: nodes\.length: 4 -> 5$/m)
  t.equal(await modified(), earlier)
  const json = await startHarness(t, folder, ['diff', before, after, '--json']).ended
  t.match(JSON.parse(json.stdout), {
    v: 1,
    kind: 'difference',
    isWorse: false,
    outcome: { before: 'pass', after: 'pass' }
  })
})

test('the exit code is 1 when the second run is worse, and 0 the other way round', async t => {
  const folder = t.testdir()
  const good = await simulated(t, folder, '4')
  const sweep = [
    'sweep',
    '--runner',
    'simulation',
    '--scenario',
    'crash',
    '--nodes',
    '4',
    '--loss',
    '90',
    '--repeat',
    '1'
  ]
  await startHarness(t, folder, sweep).ended
  const kept = (await readdir(join(folder, 'runs/latest'))).find(name => name.endsWith('-simulation-crash'))!
  const bad = `runs/latest/${kept}`
  t.match(await readFile(join(folder, bad, 'result.json'), 'utf8'), /"outcome": "fail"/)
  t.equal((await startHarness(t, folder, ['diff', good, bad]).ended).code, 1)
  t.equal((await startHarness(t, folder, ['diff', bad, good]).ended).code, 0)
  t.equal((await startHarness(t, folder, ['diff', bad, bad]).ended).code, 0)
})

async function simulated(t: Test, folder: string, nodes: string): Promise<string> {
  await startHarness(t, folder, ['run', 'crash', nodes, '--runner', 'simulation']).ended
  const runs = (await readdir(join(folder, 'runs'))).filter(name => name.includes('-simulation-crash')).sort()
  return `runs/${runs.at(-1)}`
}

for (const [argv, message] of [
  ['diff runs/none runs/none', /^test-network: runs\/none\/history\.ndjson is not there: [^\n]*\n$/],
  ['diff runs/none', /^test-network: diff wants [^\n]*\n$/],
  ['diff', /^test-network: diff wants [^\n]*\n$/]
] as const) {
  test(`what cannot be compared is told in one line with exit code 2: ${argv}`, async t => {
    await expectRefusal(t, argv, message)
  })
}
