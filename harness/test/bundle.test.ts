import { spawnSync } from 'node:child_process'
import { readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type Test, test } from 'tap'
import { PATIENCE_MS } from '../../scripts/tests/until.ts'
import { bundle } from '../src/bundle.ts'

const sources = {
  'main.ts': "import { greeting } from './greeting.ts'\nconsole.log(greeting satisfies string)\n",
  'greeting.ts': "export const greeting = 'hello'\n",
  'lock.json': '{}',
  cache: {}
}

test('a bundle is built once, runs by itself, and is used again', async t => {
  const { build, folder } = workshop(t)
  const first = await build()
  t.same(await build(), { ...first, built: 0 })
  t.equal(first.built, 1)
  await writeFile(join(folder, 'greeting.ts'), '')
  t.equal(output(first.path), 'hello\n', 'it needs no source')
})

test('a changed source makes a new bundle under a new name, and the old one stays for those who run it', async t => {
  const { build, folder } = workshop(t)
  const first = await build()
  await writeFile(join(folder, 'greeting.ts'), "export const greeting = 'howdy'\n")
  const second = await build()
  t.equal(second.built, 1)
  t.equal(output(second.path), 'howdy\n')
  t.equal(output(first.path), 'hello\n')
})

test('a source of the same size and another content is noticed', async t => {
  const { build, folder } = workshop(t)
  await build()
  await writeFile(join(folder, 'greeting.ts'), "export const greeting = 'hullo'\n")
  t.equal(output((await build()).path), 'hullo\n')
})

test('a source that was only touched builds nothing', async t => {
  const { build, folder } = workshop(t)
  await build()
  await utimes(join(folder, 'main.ts'), 1, 1)
  t.equal((await build()).built, 0)
})

test('a file that only decides about the result builds anew when it changes', async t => {
  const { build, folder } = workshop(t)
  await build()
  await writeFile(join(folder, 'lock.json'), '{"a":1}')
  t.equal((await build()).built, 1)
})

test('a lost bundle and a torn index build anew', async t => {
  const { build, folder } = workshop(t)
  const { path } = await build()
  await writeFile(join(folder, 'cache/main.json'), '{"entry":')
  t.equal((await build()).built, 1)
  await rm(path)
  t.same(await build(), { path, built: 1 })
})

test('builds at the same time do each other no harm and leave nothing behind', async t => {
  const { build, folder } = workshop(t)
  const results = await Promise.all([build(), build(), build(), build()])
  t.equal(new Set(results.map(({ path }) => path)).size, 1)
  t.equal(output(results[0]!.path), 'hello\n')
  t.same(
    (await readdir(join(folder, 'cache'))).filter(name => name.endsWith('.tmp')),
    []
  )
})

test('bundles of long ago are removed', async t => {
  const { build, folder } = workshop(t)
  const old = join(folder, 'cache/node-0123456789abcdef.cjs')
  await writeFile(old, '')
  await utimes(old, 1, 1)
  await build()
  await t.rejects(readFile(old))
})

test('a source with a fault is told with its place', async t => {
  const { build, folder } = workshop(t)
  await writeFile(join(folder, 'greeting.ts'), 'export const = 1\n')
  await t.rejects(build(), /greeting\.ts:1:13/)
})

function workshop(t: Test) {
  const folder = t.testdir(sources)
  const build = async () => {
    let built = 0
    const path = await bundle({
      entry: join(folder, 'main.ts'),
      kind: 'node',
      alsoRead: [join(folder, 'lock.json'), join(folder, 'not-there.json')],
      cacheFolder: join(folder, 'cache'),
      onBuild: () => {
        built += 1
      }
    })
    return { path, built }
  }
  return { folder, build }
}

function output(path: string): string {
  const env = { ...process.env, NODE_OPTIONS: '' }
  return spawnSync(process.execPath, [path], { encoding: 'utf8', env, timeout: PATIENCE_MS }).stdout
}
