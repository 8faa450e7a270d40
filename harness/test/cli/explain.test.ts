import { copyFile, mkdir, readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type Test, test } from 'tap'
import { renderSimulation } from '../../src/simulation/report.ts'
import { pathOf } from '../planted/recorded.ts'
import { broken, simulate } from '../simulation/plans.ts'
import { startHarness } from '../toolkit/harness.ts'

async function explained(t: Test, ...words: string[]) {
  return await startHarness(t, process.cwd(), ['explain', ...words]).ended
}

/** The folder of a run that was stored. */
async function folderOf(t: Test, name: string): Promise<string> {
  const folder = join(t.testdir(), 'stored')
  await mkdir(folder)
  await copyFile(pathOf(name), join(folder, 'history.ndjson'))
  return folder
}

test('a run is told in phases, with what was found and the lines that show it, and nothing is written', async t => {
  const folder = await folderOf(t, 'ghosts')
  const { code, stdout, stderr } = await explained(t, folder)
  t.equal(stderr, '')
  t.equal(code, 0, 'it tells a story, and judges nothing')
  t.match(stdout, /^FAIL {2}n3 kept nodes that are gone: it still lists n4/)
  t.match(stdout, / {2}Every book was right for the first time after 0\.52 s\n {2}Fault s1 began at 0\.87 s: kill n4\n/)
  t.match(stdout, / 0\.95 s {2}line 53 +n4 was killed by SIGKILL\n/)
  t.match(stdout, / {2}n3: kept-after-end \(shown, lines 51, 53, 127 of history\.ndjson\)\n/)
  t.same(await readdir(folder), ['history.ndjson'])
})

test('a node is told with its log, in which nothing moves the cursor', async t => {
  const folder = await folderOf(t, 'ghosts')
  await writeFile(join(folder, 'n3.log'), 'starting\n\u001b[2Jevil\n')
  const { stdout } = await explained(t, folder, 'n3')
  t.match(stdout, 'The story of n3\n')
  t.match(stdout, 'The last lines of its log\n  │ starting\n  │ \ufffd[2Jevil\n')
  t.notMatch(stdout, '\u001b')
})

test('a pair is told by what one wrote of the other', async t => {
  const { stdout } = await explained(t, await folderOf(t, 'ghosts'), 'n3', 'n4')
  t.match(stdout, /What n3 saw of n4\n/)
  t.match(stdout, / 0\.55 s {2}line 23 +n3 listed n4 /)
  t.match(stdout, 'In the end n3 still lists n4, which is not there any more\n')
  t.notMatch(stdout, /n3 listed n2/)
})

const WRONG: readonly (readonly [names: readonly string[], told: string])[] = [
  [['n9'], 'test-network: n9 is no node of this run, which has n1-n4\n'],
  [['n1', 'n\u001b[2J'], 'test-network: n\ufffd[2J is no node of this run, which has n1-n4\n'],
  [['n1', 'n1'], 'test-network: n1 and n1 are one node: name two, or one alone for its own story\n']
]

test('a name that no node has is wrong usage, and those that are there are named', async t => {
  const folder = await folderOf(t, 'ghosts')
  for (const [names, told] of WRONG) {
    t.match(await explained(t, folder, ...names), { code: 2, stdout: '', stderr: told })
  }
  const nowhere = await explained(t, join(folder, 'nowhere'))
  t.match(nowhere, { code: 2, stderr: /nowhere.history\.ndjson is not there: name the folder of a run/ })
})

test('a digest is simulated again, with all that a pair wrote of each other', async t => {
  const options = { maxRecordedNodes: 5 }
  const { history, ...result } = simulate({ steps: [broken({ type: 'kill', nodes: ['n5'] })] }, options)
  t.match(renderSimulation({ history, ...result }), 'PASS')
  const folder = t.testdir()
  await writeFile(join(folder, 'history.ndjson'), history.map(event => `${JSON.stringify(event)}\n`).join(''))
  const { code, stdout, stderr } = await explained(t, folder, 'n1', 'n5')
  t.equal(code, 0)
  t.match(stderr, 'the history is a digest: simulating 10 nodes again')
  t.match(stdout, /n1 listed n5 \(epoch \d+, seq \d+\)\n/)
  t.match(stdout, /n1 dropped n5, as one that is gone\n/)
})
