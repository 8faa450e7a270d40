import { appendFile, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type Test, test } from 'tap'
import { expectRefusal, startHarness } from '../toolkit/harness.ts'

const GRID = ['sweep', '--runner', 'simulation', '--nodes', '2,3', '--repeat', '2']

/** A baseline of one cell: with so few comparisons six runs are enough. */
const SMALL = ['sweep', '--runner', 'simulation', '--nodes', '3', '--repeat', '6']

async function run(t: Test, folder: string, argv: string[]) {
  return await startHarness(t, folder, argv).ended
}

test('a sweep says first where it runs, and leaves table, document and page', async t => {
  const folder = t.testdir()
  const { code, stdout, stderr } = await run(t, folder, [...GRID, '--loss', '0,5'])
  t.equal(code, 0, stderr)
  t.match(stdout, /^runner simulation, in virtual time \(as was asked for\)\nscenario calm, 2 runs a cell, seed 1; /)
  t.match(stdout, /^\| +3 \| +5 % \| +2 \| +0 \| +0 \| .*\|$/m)
  t.match(stdout, /\nartefacts {2}runs\/.*-sweep\n$/)
  t.same((await readdir(join(folder, 'runs/latest'))).sort(), ['plan.json', 'runs.ndjson', 'sweep.html', 'sweep.json'])
  t.match(JSON.parse(await readFile(join(folder, 'runs/latest/sweep.json'), 'utf8')), {
    v: 1,
    complete: true,
    runs: { length: 8 }
  })
})

test('the same as one JSON document and nothing else', async t => {
  const { code, stdout } = await run(t, t.testdir(), [...GRID, '--json'])
  t.equal(code, 0)
  t.match(JSON.parse(stdout), {
    kind: 'sweep',
    cells: [
      { nodes: 2, passed: 2 },
      { nodes: 3, passed: 2 }
    ]
  })
})

test('equal seeds give equal figures, and another seed other ones', async t => {
  const figuresOf = async (seed: string) => {
    const { stdout } = await run(t, t.testdir(), [...GRID, '--json', '--seed', seed])
    return JSON.stringify(JSON.parse(stdout).runs)
  }
  const first = await figuresOf('1')
  t.equal(await figuresOf('1'), first)
  t.not(await figuresOf('9'), first)
})

test('an interrupt leaves what there is, and the sweep goes on from there to the same end', async t => {
  const folder = t.testdir()
  const grid = ['sweep', '--runner', 'simulation', '--nodes', '2,3', '--repeat', '50']
  const harness = startHarness(t, folder, grid)
  const lines = async () =>
    (await readFile(join(folder, 'runs/latest/runs.ndjson'), 'utf8').catch(() => '')).split('\n')
  await harness.until(async () => (await lines()).length > 3)
  harness.child.kill('SIGINT')
  const stopped = await harness.ended
  t.equal(stopped.code, 130, stopped.stderr)
  t.match(stopped.stderr, /^to go on: test-network sweep --resume runs\/.*-sweep$/m)
  const made = (await lines()).length - 1
  t.ok(made < 100)
  // As a harness that was killed would leave it.
  await appendFile(join(folder, 'runs/latest/runs.ndjson'), '\n{"nodes":3,"rou')
  const resumed = await run(t, folder, ['sweep', '--resume', 'runs/latest'])
  t.equal(resumed.code, 0, resumed.stderr)
  t.match(resumed.stderr, new RegExp(`^run ${made + 1} of 100: `))
  const whole = await run(t, t.testdir(), [...grid, '--json'])
  const sorted = (text: string) =>
    JSON.parse(text)
      .runs.map((each: unknown) => JSON.stringify(each))
      .sort()
  t.same(sorted(await readFile(join(folder, 'runs/latest/sweep.json'), 'utf8')), sorted(whole.stdout))
})

test('a sweep that is complete is only told again', async t => {
  const folder = t.testdir()
  const first = await run(t, folder, GRID)
  const again = await run(t, folder, ['sweep', '--resume', 'runs/latest', '--nodes', '3,2', '--repeat', '2'])
  t.equal(again.code, 0, again.stderr)
  t.notMatch(again.stderr, /^run /m)
  t.equal(again.stdout.split('\n').slice(1, 6).join(), first.stdout.split('\n').slice(1, 6).join())
})

test('a sweep that was begun does not go on with another plan', async t => {
  const scenario = 'about: x\nsteps:\n  - kill: 1\n    at: 1s\n'
  const folder = t.testdir({ 'my.yaml': scenario })
  await run(t, folder, [...GRID, '--scenario', './my.yaml'])
  const refused = async (...more: string[]) => {
    const { code, stdout, stderr } = await run(t, folder, ['sweep', '--resume', 'runs/latest', ...more])
    t.same([code, stdout], [2, ''])
    return stderr
  }
  t.match(await refused('--nodes', '2,4'), /goes on with the plan that it began with: --nodes 2,3, not 2,4\n$/)
  t.match(await refused('--loss', '1'), /--loss was not given, not 1\n$/)
  t.match(await refused('--runner', 'process'), /--runner simulation, not process\n$/)
  await writeFile(join(folder, 'my.yaml'), scenario.replace('1s', '3s'))
  t.match(
    await refused(),
    /^test-network: the scenario \.\/my\.yaml was changed since the sweep began: begin it anew\n$/
  )
  await writeFile(join(folder, 'runs/latest/plan.json'), '{')
  t.match(await refused(), /plan\.json is damaged/)
})

test('runs that fail are results: they are told, counted and not made again', async t => {
  const folder = t.testdir()
  const { code, stdout } = await run(t, folder, [
    ...['sweep', '--runner', 'simulation', '--scenario', 'crash', '--nodes', '4', '--loss', '90', '--repeat', '2']
  ])
  t.equal(code, 1)
  t.match(stdout, /^failed \d x: 4 nodes, 90 % loss: .* \(.*-simulation-crash\)$/m)
  const kept = (await readdir(join(folder, 'runs/latest'))).filter(name => name.endsWith('-simulation-crash'))
  t.equal(kept.length, 1, 'the first one that failed')
  const [started] = (await readFile(join(folder, 'runs/latest', kept[0]!, 'history.ndjson'), 'utf8')).split('\n')
  t.match(
    JSON.parse(started!).command,
    /^test-network sweep --scenario crash --nodes 4 --loss 90 --repeat 1 --seed \d --runner simulation$/
  )
})

test('a sweep is compared with its baseline: the same passes, what became slower does not', async t => {
  const folder = t.testdir()
  const saved = await run(t, folder, [...SMALL, '--save-baseline', 'base.json'])
  t.equal(saved.code, 0, saved.stderr)
  const same = await run(t, folder, [...SMALL, '--baseline', 'base.json', '--seed', '40'])
  t.equal(same.code, 0, same.stdout)
  t.match(same.stdout, /^no figure is worse than in the baseline \(3 comparisons: exact Mann-Whitney test, /m)
  const faster = JSON.parse(await readFile(join(folder, 'base.json'), 'utf8'))
  for (const { figures } of faster.runs) figures.full /= 4
  await writeFile(join(folder, 'faster.json'), JSON.stringify(faster))
  const slower = await run(t, folder, [...SMALL, '--baseline', 'faster.json'])
  t.equal(slower.code, 1)
  t.match(
    slower.stdout,
    /^worse: 3 nodes: full \d+ ms -> .* \(\+\d+ %, p 0\.00\d\d\)\n1 figure worse than in the baseline/m
  )
})

test('a baseline of something else is refused before anything is measured', async t => {
  const folder = t.testdir()
  await run(t, folder, [...SMALL, '--save-baseline', 'base.json'])
  const base = JSON.parse(await readFile(join(folder, 'base.json'), 'utf8'))
  const refused = async (change: object, argv: readonly string[] = SMALL) => {
    await writeFile(join(folder, 'other.json'), JSON.stringify({ ...base, ...change }))
    const { code, stdout, stderr } = await run(t, folder, [...argv, '--baseline', 'other.json'])
    t.same([code, stdout], [2, ''])
    return stderr
  }
  t.match(await refused({ host: { ...base.host, cores: 999 } }), /other cores \(999 in the baseline, \d+ here\)\n$/)
  t.match(await refused({ v: 9 }), /version 9 of the format/)
  t.match(await refused({ units: { ...base.units, full: 's' } }), /has full in s/)
  t.match(await refused({}, SMALL.with(4, '4')), /other the numbers of nodes \(3 in the baseline, 4 here\)\n$/)
  t.match(await refused({}, SMALL.with(6, '2')), /too few runs to tell a regression from noise: .* need 6 of each/)
  t.same((await readdir(join(folder, 'runs'))).filter(name => name !== 'latest').length, 1, 'only the baseline was run')
})

for (const [argv, message] of [
  ['sweep --nodes 0', /^test-network: --nodes must be a whole number from 2 to 60000, not "0"\n$/],
  ['sweep --nodes 2,x', /^test-network: --nodes must be a whole number from 2 to 60000, not "x"\n$/],
  ['sweep --nodes 5,', /^test-network: --nodes must be a whole number from 2 to 60000, not ""\n$/],
  ['sweep --nodes 5,10,5', /^test-network: --nodes names 5 twice\n$/],
  ['sweep --nodes ', /^test-network: --nodes must name at least one value, such as --nodes 5,10\n$/],
  ['sweep --loss 101', /^test-network: --loss must be percents from 0 to 100, not "101"\n$/],
  ['sweep --loss -1', /^test-network: [^\n]*\n$/],
  ['sweep --loss 1,1.0', /^test-network: --loss names 1 twice\n$/],
  ['sweep --repeat 0', /^test-network: --repeat must be a whole number from 1 to 50, not "0"\n$/],
  ['sweep --scenario spilt', /^test-network: no scenario is called "spilt"[^\n]*\n$/],
  ['sweep --runner nowhere', /^test-network: --runner must be one of [^\n]*\n$/],
  ['sweep --runner simulation --mdns', /^test-network: --mdns goes with a runner of processes[^\n]*\n$/],
  ['sweep --resume runs/none', /^test-network: runs\/none holds no sweep that could go on: plan\.json is not there\n$/],
  [
    'sweep --runner simulation --baseline none.json',
    /^test-network: --baseline none\.json cannot be read: there is no such file\n$/
  ],
  [
    'sweep --runner simulation --nodes 5000,10000,20000,40000 --repeat 50',
    /^test-network: the grid has 200 runs of about [\d,.]+ hours in all: more than --max-time 24h; [^\n]*\n$/
  ],
  [
    'sweep --runner simulation --nodes 2,3 --max-time 1ms',
    /^test-network: the grid has 10 runs of about 1 min in all: more than --max-time 1ms; [^\n]*\n$/
  ]
] as const) {
  test(`what cannot be swept is told in one line with exit code 2: ${argv}`, async t => {
    await expectRefusal(t, argv, message)
  })
}
