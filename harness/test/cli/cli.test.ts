import { existsSync } from 'node:fs'
import { readdir, readFile, readlink } from 'node:fs/promises'
import { join } from 'node:path'
import tap, { test } from 'tap'
import { FILE_PATIENCE_MS } from '../../../scripts/tests/until.ts'
import { nodeCommand, startHarness, untilTold } from '../toolkit/harness.ts'
import { untilGone } from '../toolkit/processes.ts'

tap.setTimeout(FILE_PATIENCE_MS)

for (const argv of [
  '0',
  '1',
  '-3',
  'ten',
  '10 0',
  '10 60 70',
  '--fast',
  '60000',
  '5 3 --settle 3',
  '--runner toaster'
]) {
  test(`wrong usage ends with one line and exit code 2, and leaves nothing behind: ${argv}`, async t => {
    const folder = t.testdir()
    const { code, stdout, stderr } = await startHarness(t, folder, argv.split(' ')).ended
    t.equal(code, 2)
    t.equal(stdout, '')
    t.match(stderr, /^test-network: [^\n]+\n$/)
    t.same(await readdir(folder), [])
  })
}

test('a Node that is too old is told in one line', async t => {
  const pretend = "data:text/javascript,Object.defineProperty(process.versions, 'node', { value: '22.17.9' })"
  const { code, stderr } = await startHarness(t, t.testdir(), ['5'], { nodeArgs: ['--import', pretend] }).ended
  t.equal(code, 2)
  t.match(stderr, /^test-network: needs Node 22\.18 or newer, [^\n]+\n$/)
})

test('a network that agrees: exit code 0, a summary, and a folder with everything', async t => {
  const folder = t.testdir()
  const argv = ['3', '60', ...nodeCommand('honest.mjs')]
  const { code, stdout, stderr } = await untilTold(() => startHarness(t, folder, argv))
  t.equal(code, 0, stderr)
  t.match(stdout, /PASS .*3 nodes/)
  t.match(stdout, /runs\/.*-converge/)
  t.notOk(stdout.includes('\u001b'), 'no colours where no terminal is')
  const latest = await readlink(join(folder, 'runs/latest'))
  const files = await readdir(join(folder, 'runs', latest))
  const wanted = ['history.ndjson', 'junit.xml', 'n1.log', 'n2.log', 'n3.log', 'report.html', 'result.json']
  t.same(files.sort(), wanted)
  t.match(JSON.parse(await readFile(join(folder, 'runs/latest/result.json'), 'utf8')), { outcome: 'pass', exitCode: 0 })
})

test('--json prints one JSON document and nothing else', async t => {
  const argv = ['2', '60', '--json', ...nodeCommand('honest.mjs')]
  const { code, stdout, stderr } = await untilTold(() => startHarness(t, t.testdir(), argv))
  t.equal(code, 0)
  t.equal(stderr, '')
  t.match(JSON.parse(stdout), { outcome: 'pass', exitCode: 0 })
})

test('the artefacts go where --out says, and a place that cannot be written is wrong usage', async t => {
  const folder = t.testdir({ file: '' })
  const argv = ['2', '60', '--out', 'a/b', ...nodeCommand('honest.mjs')]
  const there = await untilTold(() => startHarness(t, folder, argv))
  t.equal(there.code, 0)
  t.ok(existsSync(join(folder, 'a/b/latest/result.json')))
  const nowhere = await startHarness(t, folder, ['2', '60', '--out', 'file/b', ...nodeCommand('honest.mjs')]).ended
  t.equal(nowhere.code, 2)
  t.match(nowhere.stderr, /^test-network: --out must name a folder that can be written: [^\n]+\n$/)
})

test('a node that is killed: exit code 1, and the report names it and says how it died', async t => {
  const folder = t.testdir()
  const { code, stdout } = await startHarness(t, folder, [
    '4',
    '60',
    ...nodeCommand('only.mjs', 'n3', 'dies-later.mjs')
  ]).ended
  t.equal(code, 1)
  t.match(stdout, /n3 was killed by SIGKILL/)
  t.match(stdout, /heap is full/)
  t.equal(await readFile(join(folder, 'runs/latest/n3.log'), 'utf8'), 'heap is full\n')
})

test('a program that does not exist: exit code 3 and what to do', async t => {
  const { code, stdout } = await startHarness(t, t.testdir(), ['3', '60', '--node-command', '/nowhere/program']).ended
  t.equal(code, 3)
  t.match(stdout.replace(/\s+/g, ' '), /\/nowhere\/program: no such program; give a program of the PATH/)
})

test('a reader that goes away keeps neither the verdict nor the nodes from ending', async t => {
  const { code } = await untilTold(() => {
    const harness = startHarness(t, t.testdir(), ['3', '60', ...nodeCommand('honest.mjs')])
    harness.child.stdout!.destroy()
    return harness
  })
  t.equal(code, 0)
})

test('a fault of the harness itself is exit code 3 in one line, and its nodes end', async t => {
  // Once a node runs, however long that takes.
  const fault = `
    import { existsSync } from 'node:fs'
    const looking = setInterval(() => {
      if (!existsSync(process.env.PID_FILE)) return
      clearInterval(looking)
      throw new Error('boom')
    }, 10)`
  const harness = startHarness(t, t.testdir(), ['3', '60', '--settle', '50', ...nodeCommand('stubborn.mjs')], {
    nodeArgs: ['--import', `data:text/javascript,${encodeURIComponent(fault)}`]
  })
  const pids = await harness.nodePids(1)
  const { code, stderr } = await harness.ended
  t.equal(code, 3)
  t.equal(stderr, 'test-network: boom\n')
  await untilGone(pids)
})

for (const [signal, wanted] of [
  ['SIGINT', 130],
  ['SIGTERM', 143],
  ['SIGHUP', 129]
] as const) {
  test(`${signal} ends the nodes, writes the report, and exits with ${wanted}`, async t => {
    const folder = t.testdir()
    const harness = startHarness(t, folder, ['3', '60', '--settle', '50', ...nodeCommand('honest.mjs')])
    const pids = await harness.nodePids(3)
    harness.child.kill(signal)
    t.equal((await harness.ended).code, wanted)
    await untilGone(pids)
    t.match(
      (await harness.history()).find(({ type }) => type === 'run-ended'),
      { reason: 'interrupted' }
    )
    t.ok(existsSync(join(folder, 'runs/latest/report.html')))
  })
}

test('a second Ctrl-C ends the harness at once, and its nodes soon after', async t => {
  const harness = startHarness(t, t.testdir(), ['3', '60', '--settle', '50', ...nodeCommand('stubborn.mjs')])
  const pids = await harness.nodePids(3)
  harness.child.kill('SIGINT')
  await harness.until(async () => (await harness.history()).some(({ type }) => type === 'stop-requested'))
  harness.child.kill('SIGINT')
  t.equal((await harness.ended).code, 130)
  await untilGone(pids)
})
