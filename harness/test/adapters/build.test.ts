import { existsSync } from 'node:fs'
import { mkdir, readdir, readFile, utimes, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { type Test, test } from 'tap'
import { until } from '../../../scripts/tests/until.ts'
import { type BuildOptions, buildAdapter } from '../../src/adapters/build.ts'
import type { Adapter } from '../../src/adapters/shipped.ts'
import { untilGone } from '../toolkit/processes.ts'

const WRITES = "require('node:fs').writeFileSync('made', require('node:fs').readFileSync('../shared/text'))"

test('an adapter is built from its folder and those that it names, and started from where it was built', async t => {
  const { adapter, options, said } = await oneAdapter(t)
  const built = await buildAdapter(adapter, options)
  t.same(said, ['building X'])
  t.same(built.missing, undefined)
  const [program, script, flag] = built.command ?? []
  t.same([program, flag], [process.execPath, '--fast'])
  t.equal(await readFile(script!, 'utf8'), 'shared')
  t.same(await readdir(adapter.folder), ['source'], 'the folder of the adapter is left as it was')
})

test('what was built is not built again, until something that it is made from has changed', async t => {
  const { adapter, options, said } = await oneAdapter(t)
  const first = await buildAdapter(adapter, options)
  t.same(await buildAdapter(adapter, options), first)
  t.equal(said.length, 1)
  await writeFile(join(dirname(adapter.folder), 'shared/text'), 'changed')
  const second = await buildAdapter(adapter, options)
  t.equal(said.length, 2)
  t.equal(await readFile(second.command![1]!, 'utf8'), 'changed')
  t.ok(existsSync(first.command![1]!), 'another harness may still be using the first')
})

test('what installers leave in the folder of an adapter changes nothing, and is not copied', async t => {
  const { adapter, options, said } = await oneAdapter(t)
  const built = await buildAdapter(adapter, options)
  await mkdir(join(adapter.folder, 'node_modules'))
  await writeFile(join(adapter.folder, 'node_modules/package'), '')
  t.same(await buildAdapter(adapter, options), built)
  t.equal(said.length, 1)
})

test('two that build the same adapter at once get the same program', async t => {
  const { adapter, options } = await oneAdapter(t)
  const [one, other] = await Promise.all([buildAdapter(adapter, options), buildAdapter(adapter, options)])
  t.ok(one.command)
  t.same(one, other)
  t.equal((await builtFolders(options)).length, 1)
})

test('a tool that is not installed is named, and nothing is begun', async t => {
  const { adapter, options, said } = await oneAdapter(t, { tools: ['cargo'] })
  const { PATH } = process.env
  t.teardown(() => {
    process.env.PATH = PATH
  })
  process.env.PATH = adapter.folder
  t.same(await buildAdapter(adapter, options), { missing: 'cargo is not installed, and X is built with it' })
  t.same(said, [])
})

for (const [what, commands, why] of [
  [
    'a command that fails',
    [
      [
        'node',
        '-e',
        "console.log('fetching'); console.error('error: no \\u001b[31mregistry'); console.log('bye'); process.exit(1)"
      ]
    ],
    /^cannot be built here: .*node: error: no .\[31mregistry$/
  ],
  ['a program that is not there', [['no-such-program']], /^cannot be built here: no-such-program: .*ENOENT/],
  [
    'commands that do not make what they should',
    [['node', '-e', '']],
    /^cannot be built here: its commands have not made made$/
  ]
] as const) {
  test(`${what}: one line says why, and nothing is left`, async t => {
    const { adapter, options } = await oneAdapter(t, { commands: commands.map(command => [...command]) })
    const { missing } = await buildAdapter(adapter, options)
    t.match(missing, why)
    t.notMatch(missing, /\p{Cc}/u)
    t.same(await builtFolders(options), [])
  })
}

test('an interrupt ends the command that runs, and what it has started, and leaves nothing', async t => {
  const waits = `
    const child = require('node:child_process').spawn('sleep', ['600'])
    require('node:fs').writeFileSync('../../../pids', process.pid + ' ' + child.pid)
    setInterval(() => {}, 1000)`
  const { adapter, options } = await oneAdapter(t, { commands: [['node', '-e', waits]] })
  const pidsFile = join(options.cacheFolder, 'pids')
  const interrupt = new AbortController()
  const building = buildAdapter(adapter, { ...options, interrupt: interrupt.signal })
  await until(async () => (await readFile(pidsFile, 'utf8').catch(() => '')) !== '')
  interrupt.abort(new Error('interrupted'))
  await t.rejects(building, { message: 'interrupted' })
  await untilGone((await readFile(pidsFile, 'utf8')).split(' ').map(Number))
  t.same(await builtFolders(options), [])
})

test('a version may be what a command prints first', async t => {
  const { adapter, options } = await oneAdapter(t)
  const version = ['node', '-e', "console.log('v9 \\u001b[2J'); console.log('more')"]
  t.match(await buildAdapter({ ...adapter, version }, options), { version: /^v9 .\[2J$/ })
  const failing = await buildAdapter({ ...adapter, version: ['node', '-e', 'process.exit(1)'] }, options)
  t.match(failing, { version: 'of an unknown version' })
})

test('what was built long ago from another content is removed', async t => {
  const { adapter, options } = await oneAdapter(t)
  const folder = join(options.cacheFolder, 'adapters')
  const [old, young, other] = [`x-${'0'.repeat(16)}`, `x-${'1'.repeat(16)}`, `x-y-${'0'.repeat(16)}`]
  for (const name of [old, young, other]) await mkdir(join(folder, name), { recursive: true })
  const longAgo = new Date(Date.now() - 2 * 24 * 60 * 60_000)
  for (const name of [old, other]) await utimes(join(folder, name), longAgo, longAgo)
  await buildAdapter(adapter, options)
  const left = await builtFolders(options)
  t.notOk(left.includes(old))
  t.ok(left.includes(young) && left.includes(other), 'neither a young one nor that of another adapter')
})

/** A folder of adapters with one in it, whose build writes what a folder beside it holds. */
async function oneAdapter(
  t: Test,
  build: Partial<Adapter['build']> = {}
): Promise<{ adapter: Adapter; options: BuildOptions; said: string[] }> {
  const root = t.testdir({ x: { source: '' }, shared: { text: 'shared' }, cache: {} })
  const said: string[] = []
  const adapter: Adapter = {
    name: 'x',
    title: 'X',
    about: 'a system',
    version: '1',
    build: { tools: [], with: ['shared'], commands: [['node', '-e', WRITES]], makes: ['made'], ...build },
    command: ['node', './made', '--fast'],
    settings: ['defaults'],
    claims: [],
    limits: [],
    folder: join(root, 'x')
  }
  return { adapter, options: { cacheFolder: join(root, 'cache'), say: line => said.push(line) }, said }
}

async function builtFolders({ cacheFolder }: BuildOptions): Promise<string[]> {
  return await readdir(join(cacheFolder, 'adapters')).catch(() => [])
}
