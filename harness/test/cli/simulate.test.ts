import { spawn } from 'node:child_process'
import { mkdtemp, readdir, readFile, realpath, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { execa } from 'execa'
import { type Test, test } from 'tap'
import { PATIENCE_MS, until } from '../../../scripts/tests/until.ts'
import { judgeFolder } from '../../src/cli/judge.ts'

const CLI = new URL('../../src/cli/bin.ts', import.meta.url).pathname
const FILES = ['history.ndjson', 'junit.xml', 'report.html', 'result.json']

async function outOf(t: Test): Promise<string> {
  const out = await mkdtemp(join(tmpdir(), 'simulate-'))
  t.teardown(async () => await rm(out, { recursive: true }))
  return out
}

function start(out: string, args: readonly string[]) {
  const flags = ['--conditions=@gossip/source', CLI, 'run', ...args, '--runner', 'simulation', '--out', out]
  return execa(process.execPath, flags, { reject: false, timeout: PATIENCE_MS })
}

async function simulate(t: Test, ...args: string[]) {
  const out = await outOf(t)
  return { out, run: await start(out, args) }
}

test('a simulation ends with a verdict, its seed, and the reports of any other run', async t => {
  const { out, run } = await simulate(t, 'calm', '8', '300', '--seed', '7')
  t.equal(run.exitCode, 0, run.stderr)
  t.match(run.stdout, /^PASS {2}8 nodes found each other in /)
  t.match(run.stdout, /^repeat {5}test-network run calm 8 300 --runner simulation --seed 7$/m)
  t.strictSame((await readdir(join(out, 'latest'))).sort(), FILES)
  t.match(await readFile(join(out, 'latest', 'report.html'), 'utf8'), /8 nodes found each other in/)
})

test('one scenario and one seed leave the same history, byte for byte, in two processes and on a host under load', async t => {
  const args = ['restart-without-key', '8', '--seed', '7']
  const alone = await simulate(t, ...args)
  const busy = [1, 2, 3].map(() => spawn(process.execPath, ['-e', 'for (;;);'], { stdio: 'ignore' }))
  t.teardown(() => {
    for (const child of busy) child.kill('SIGKILL')
  })
  const pressed = await simulate(t, ...args)
  const other = await simulate(t, ...args.with(-1, '8'))
  const [first, second, third] = await Promise.all(
    [alone, pressed, other].map(async ({ out }) => await readFile(join(out, 'latest', 'history.ndjson'), 'utf8'))
  )
  t.ok(first!.length > 10_000)
  t.equal(first, second)
  t.not(first, third, 'another seed leaves another history')
  t.notMatch(first!, new RegExp(`${process.cwd()}|"pid"|"lagMs"`), 'and nothing of the host')
})

test('what cannot converge in time fails, and is made smaller', async t => {
  const { run } = await simulate(t, 'calm', '6', '1.05', '--json')
  t.equal(run.exitCode, 1)
  t.match(JSON.parse(run.stdout), { v: 2, outcome: 'fail', findings: [{ rule: 'complete' }] })
  t.match(run.stderr, /the smallest that fails: test-network run calm \d+ 1\.05 --runner simulation --seed 1/)
})

test('more nodes than a history can hold leave the reports of any other run, and are judged again by their seed', async t => {
  const { out, run } = await simulate(t, 'calm', '201', '60')
  t.equal(run.exitCode, 0, run.stderr)
  t.match(await readFile(join(out, 'latest', 'report.html'), 'utf8'), /201 nodes found each other in/)
  t.match(await readFile(join(out, 'latest', 'junit.xml'), 'utf8'), /tests="42" failures="0" errors="0"/)
  const path = join(out, 'latest', 'history.ndjson')
  const history = await readFile(path, 'utf8')
  t.match(JSON.parse(history.split('\n')[0]!), { digest: {} })
  const files = FILES.map(file => join(out, 'latest', file))
  const before = await Promise.all(files.map(async file => await readFile(file, 'utf8')))
  const folder = await realpath(join(out, 'latest'))
  await judgeFolder(folder)
  t.same(await Promise.all(files.map(async file => await readFile(file, 'utf8'))), before, 'the same, byte for byte')
  await writeFile(path, history.replace(/"digest":\{"version":"[^"]*"/, '"digest":{"version":"0.0.1"'))
  await t.rejects(judgeFolder(folder), { message: /version 0\.0\.1 made this digest/ })
})

test('an interrupt ends a simulation early: what there is stands in its folder', async t => {
  const out = await outOf(t)
  const running = start(out, ['lossy', '150'])
  await until(async () => (await readdir(out)).includes('latest'))
  running.kill('SIGINT')
  const run = await running
  t.equal(run.exitCode, 130, run.stderr)
  t.match(
    run.stdout,
    /^UNKNOWN {2}.*\n(.*\n)* {2}27 stable: the run was interrupted after [\d.]+ s: let it run to its end$/m
  )
  t.strictSame((await readdir(join(out, 'latest'))).sort(), FILES)
})

const refused: [args: string[], complaint: RegExp][] = [
  [['armageddon', '6', '10'], /no scenario is called "armageddon"/],
  [['split', '6', '30'], /the deadline must be longer than [\d.]+ s, not 30 s; \d+ s leave time for the start/],
  [['crash', '--only-steps', 's9'], /crash has no step s9/],
  [['calm', '--ttl-ms', '60000'], /--ttl-ms goes with a runner of processes/]
]

for (const [args, complaint] of refused) {
  test(`${args.join(' ')} is wrong usage, and leaves no folder`, async t => {
    const { out, run } = await simulate(t, ...args)
    t.equal(run.exitCode, 2)
    t.match(run.stderr, complaint)
    t.equal(run.stderr.trim().split('\n').length, 1)
    t.strictSame(await readdir(out), [])
  })
}
