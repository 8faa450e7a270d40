import { existsSync } from 'node:fs'
import { mkdir, readdir, readFile, readlink, writeFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { type Test, test } from 'tap'
import { createRunFolder } from '../../src/cli/artefacts.ts'

const startedAt = new Date('2026-01-02T03:04:05.678Z')

test('a run leaves its history and its reports in a folder named by time and scenario', async t => {
  const out = t.testdir()
  const folder = await createRunFolder(out, 'converge', startedAt)
  t.equal(folder.path, join(out, '2026-01-02T03-04-05-converge'))
  folder.append({ atMs: 1, type: 'harness-lagged', lagMs: 600 })
  folder.append({ atMs: 2, type: 'run-ended', reason: 'deadline' })
  await folder.write('result.json', '{}')
  t.equal(await folder.close(), undefined)
  t.same((await readdir(folder.path)).sort(), ['history.ndjson', 'result.json'])
  const lines = (await readFile(join(folder.path, 'history.ndjson'), 'utf8')).trimEnd().split('\n')
  t.same(
    lines.map(line => JSON.parse(line).atMs),
    [1, 2]
  )
  t.equal(folder.logPathOf('n1'), join(folder.path, 'n1.log'))
})

test('runs of the same second get folders of their own, and latest is the last one', async t => {
  const out = t.testdir()
  const folders = []
  for (let i = 0; i < 3; i++) folders.push(await createRunFolder(out, 'converge', startedAt))
  t.equal(new Set(folders.map(({ path }) => path)).size, 3)
  t.equal(await readlink(join(out, 'latest')), basename(folders[2]!.path))
  await Promise.all(folders.map(folder => folder.close()))
})

test('a folder called latest is left alone', async t => {
  const out = t.testdir({ latest: { mine: 'x' } })
  const folder = await createRunFolder(out, 'converge', startedAt)
  await folder.close()
  t.equal(await readFile(join(out, 'latest/mine'), 'utf8'), 'x')
  t.same((await readdir(out)).sort(), ['2026-01-02T03-04-05-converge', 'latest'])
})

test('where the working folder takes no runs, they go to the state folder of the user', async t => {
  const home = inFolder(t, { runs: 'a file is in the way' })
  const folder = await createRunFolder(undefined, 'converge', startedAt)
  await folder.close()
  t.equal(folder.path, join(home, 'state/gossip-testbed/2026-01-02T03-04-05-converge'))
})

test('otherwise they go to runs in the working folder', async t => {
  const home = inFolder(t, {})
  const folder = await createRunFolder(undefined, 'converge', startedAt)
  await folder.close()
  t.equal(folder.path, join(home, 'runs/2026-01-02T03-04-05-converge'))
})

test('a folder that was asked for and cannot be made is an error, and nothing else is made', async t => {
  const home = inFolder(t, { file: '' })
  await t.rejects(createRunFolder('file/x', 'converge', startedAt), { code: 'ENOTDIR' })
  t.same(await readdir(home), ['file'])
})

test('a folder in which nothing can be made is an error, and does not hang', {
  skip: !existsSync('/proc/self')
}, async t => {
  for (const out of ['/proc/x', '/proc/x/y/z', '/dev/null/x'])
    await t.rejects(createRunFolder(out, 'converge', startedAt))
})

test('folders above the one that was asked for are made too', async t => {
  const out = join(t.testdir(), 'a/b/c')
  t.equal(dirname((await createRunFolder(out, 'converge', startedAt)).path), out)
})

test('what cannot be written is told in the end, not thrown in between', async t => {
  const folder = await createRunFolder(t.testdir(), 'converge', startedAt)
  await mkdir(join(folder.path, 'report.html'))
  await folder.write('report.html', 'x')
  await writeFile(join(folder.path, 'other'), '')
  t.match(await folder.close(), /EISDIR/)
})

/** The working folder and the state folder of the user lie in a folder of the test. */
function inFolder(t: Test, content: Record<string, string>): string {
  const home = t.testdir(content)
  const before = { folder: process.cwd(), stateHome: process.env.XDG_STATE_HOME }
  process.chdir(home)
  process.env.XDG_STATE_HOME = join(home, 'state')
  t.teardown(() => {
    process.chdir(before.folder)
    if (before.stateHome === undefined) delete process.env.XDG_STATE_HOME
    else process.env.XDG_STATE_HOME = before.stateHome
  })
  return home
}
