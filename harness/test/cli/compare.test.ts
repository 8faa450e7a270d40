import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type Test, test } from 'tap'
import { comparisonDocument } from '../../src/comparison/document.ts'
import { comparisonWith } from '../comparison/synthetic.ts'
import { expectRefusal, startHarness } from '../toolkit/harness.ts'

/** Systems that cannot be measured: to be told of them takes no network. */
const adapterOf = (name: string, build = '[]') => `
name: ${name}
title: One that is called ${name}
about: a program that ends at once
version: '1'
build:
  tools: []
  commands: ${build}
  makes: [main.cjs]
command: [node, ./main.cjs]
settings: [defaults]
claims: []
limits: []
`

const ADAPTERS = {
  dies: { 'adapter.yaml': adapterOf('dies'), 'main.cjs': 'console.error("no licence"); process.exit(7)' },
  unbuilt: {
    'adapter.yaml': adapterOf('unbuilt', "[[node, -e, 'console.error(`error: no compiler`);process.exit(1)']]")
  },
  silent: { 'adapter.yaml': adapterOf('silent'), 'main.cjs': 'process.stdin.on("end", () => process.exit()).resume()' },
  broken: { 'adapter.yaml': 'name: broken\nsettings: 7\n' }
}

const SMALL = ['compare', '--adapters', 'adapters', '--runner', 'process', '--scenarios', 'life', '--nodes', '5']

async function run(t: Test, folder: string, argv: string[]) {
  return await startHarness(t, folder, argv, { env: { XDG_CACHE_HOME: join(folder, 'cache') } }).ended
}

test('a system that does not build or start is a line with its reason, and the comparison goes on', async t => {
  const folder = t.testdir({ adapters: ADAPTERS })
  const { code, stdout, stderr } = await run(t, folder, [...SMALL, '--repeat', '2', '--systems', 'dies,unbuilt,broken'])
  t.equal(code, 3, stderr)
  t.match(stdout, /^2 runs of about \d+ min in all, at most 100 min$/m, 'the estimate comes first')
  t.match(stdout, /^- One that is called unbuilt: not measured, cannot be built here: \S*node: error: no compiler$/m)
  t.match(stdout, /^- broken: not measured, broken\/adapter\.yaml:/m)
  t.match(
    stdout,
    /^- One that is called dies with 5 nodes: of its runs .* \(life: it did not run 3 times: no node was ever ready: n1 died with exit code 7 at .*\)$/m
  )
  const left = await readdir(join(folder, 'runs/latest'))
  for (const file of ['comparison.html', 'comparison.json', 'comparison.md', 'plan.json', 'runs.ndjson']) {
    t.ok(left.includes(file), file)
  }
  const document = JSON.parse(await readFile(join(folder, 'runs/latest/comparison.json'), 'utf8'))
  t.match(document, { complete: true, rows: [{ system: 'dies', measured: 0 }] })

  const again = await run(t, folder, ['compare', '--resume', 'runs/latest'])
  t.equal(again.code, 3)
  t.notMatch(again.stderr, /^run /m, 'what is complete is only told again')
  const other = await run(t, folder, ['compare', '--resume', 'runs/latest', '--nodes', '6'])
  t.match(other, { code: 2, stderr: /goes on with the plan that it began with: --nodes 5, not 6\n$/ })
  await writeFile(join(folder, 'adapters/dies/adapter.yaml'), adapterOf('dies').replace("'1'", "'2'"))
  const newer = await run(t, folder, ['compare', '--resume', 'runs/latest'])
  t.match(newer, { code: 2, stderr: /One that is called dies is not what it was when the comparison began/ })
})

test('where nothing can be built, that is said with the reasons', async t => {
  const folder = t.testdir({ adapters: ADAPTERS })
  const { code, stdout, stderr } = await run(t, folder, [...SMALL, '--systems', 'unbuilt'])
  t.same([code, stdout], [3, ''])
  t.match(
    stderr,
    /^test-network: no system can be run here; unbuilt: cannot be built here: \S*node: error: no compiler$/m
  )
})

test('no run begins that could end after --max-time, and the comparison can go on', async t => {
  const folder = t.testdir({ adapters: ADAPTERS })
  const { code, stderr } = await run(t, folder, [...SMALL, '--systems', 'dies', '--max-time', '1ms'])
  t.equal(code, 3)
  t.match(stderr, /^the time of --max-time is over; to go on: test-network compare --resume runs\/.*-comparison$/m)
  t.notMatch(stderr, /^run /m)
})

test('an interrupt leaves what there is, says how to go on, and counts the run as never begun', async t => {
  const folder = t.testdir({ adapters: ADAPTERS })
  const harness = startHarness(t, folder, [...SMALL, '--systems', 'silent'], {
    env: { XDG_CACHE_HOME: join(folder, 'cache') }
  })
  const runs = join(folder, 'runs/latest')
  // The folder of a run that has begun is beside the plan.
  await harness.until(async () => (await readdir(runs).catch(() => [])).some(name => name.endsWith('-life')))
  harness.child.kill('SIGINT')
  const { code, stderr } = await harness.ended
  t.equal(code, 130, stderr)
  t.match(stderr, /^to go on: test-network compare --resume runs\/.*-comparison$/m)
  const document = JSON.parse(await readFile(join(runs, 'comparison.json'), 'utf8'))
  t.match(document, { complete: false, runs: { length: 0 } })
  t.notOk(
    (await readdir(runs)).some(name => name.endsWith('-life')),
    'half a run is not kept'
  )
})

test('two comparisons are compared by their folders', async t => {
  const first = comparisonWith(({ round }) => ({ figures: { full: 100 * round, memory: 2 ** 26 } }))
  const other = comparisonWith(() => ({ figures: { full: 900, memory: 2 ** 26 } }))
  const folder = t.testdir({})
  for (const [name, comparison] of Object.entries({ first, other })) {
    await mkdir(join(folder, name))
    await writeFile(join(folder, name, 'comparison.json'), comparisonDocument(comparison))
  }
  const same = await run(t, folder, ['diff', 'first', 'first'])
  t.match(same, { code: 0, stdout: '8 of 8 medians of the second comparison lie in the intervals of the first: 100 %' })
  const differs = await run(t, folder, ['diff', 'first', 'other'])
  t.equal(differs.code, 1)
  t.match(differs.stdout, /^outside: the ours with 50 nodes: full books 900 ms, not in \[100 ms, 600 ms\]$/m)
  await writeFile(join(folder, 'other/comparison.json'), '{}')
  t.match(await run(t, folder, ['diff', 'first', 'other']), { code: 2, stderr: /is no comparison: / })
})

for (const [argv, message] of [
  ['compare --nodes 4', /^test-network: --nodes must be a whole number from 5 to 60000, not "4"\n$/],
  ['compare --nodes 5,5', /^test-network: --nodes names 5 twice\n$/],
  ['compare --repeat 0', /^test-network: --repeat must be a whole number from 1 to 50, not "0"\n$/],
  [
    'compare --scenarios lief',
    /^test-network: --scenarios must be some of life,strain,split, not "lief"; [^\n]*life[^\n]*\n$/
  ],
  ['compare --systems ours,', /^test-network: --systems must be names, such as ours,serf, not "ours,"\n$/],
  ['compare --systems nobody', /^test-network: no system is called "nobody"[^\n]*; there are ours, [^\n]*\n$/],
  ['compare --adapters ./none', /^test-network: --adapters must be a folder with adapters, and \.\/none is none\n$/],
  ['compare --runner container', /^test-network: [^\n]*--runner[^\n]*netns, process[^\n]*\n$/],
  [
    'compare --resume runs/none',
    /^test-network: runs\/none holds no comparison that could go on: plan\.json is not there\n$/
  ]
] as const) {
  test(`what cannot be compared is told in one line with exit code 2: ${argv}`, async t => {
    await expectRefusal(t, argv, message)
  })
}
