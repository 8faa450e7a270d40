import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { execa } from 'execa'
import { type Test, test } from 'tap'
import { PATIENCE_MS } from '../../../scripts/tests/until.ts'

const CLI = new URL('../../src/cli/bin.ts', import.meta.url).pathname

async function simulate(t: Test, ...args: string[]) {
  const out = await mkdtemp(join(tmpdir(), 'simulate-'))
  t.teardown(async () => await rm(out, { recursive: true }))
  const flags = ['--conditions=@gossip/source', CLI, '--runner', 'simulation', '--out', out]
  return { out, run: await execa(process.execPath, [...flags, ...args], { reject: false, timeout: PATIENCE_MS }) }
}

test('a simulation ends with a verdict, its seed, and the reports of any other run', async t => {
  const { out, run } = await simulate(t, '8', '300', '--seed', '7')
  t.equal(run.exitCode, 0, run.stderr)
  t.match(run.stdout, /^pass: /)
  t.match(run.stdout, /to repeat: test-network --runner simulation 8 300 --seed 7 calm/)
  const files = await readdir(join(out, 'latest'))
  t.strictSame(files.sort(), ['history.ndjson', 'junit.xml', 'report.html', 'result.json'])
})

test('equal seeds leave the same history, byte for byte, and another seed another', async t => {
  const histories = []
  for (const seed of ['7', '7', '8']) {
    const { out } = await simulate(t, '6', '300', '--seed', seed, 'crash')
    histories.push(await readFile(join(out, 'latest', 'history.ndjson'), 'utf8'))
  }
  t.equal(histories[0], histories[1])
  t.not(histories[0], histories[2])
})

test('what cannot converge in time fails, and is made smaller', async t => {
  const { run } = await simulate(t, '6', '1.5', '--json', 'late-joiner')
  t.equal(run.exitCode, 1)
  t.equal(JSON.parse(run.stdout).verdict.outcome, 'fail')
  t.match(run.stderr, /the smallest that fails: test-network --runner simulation \d+ 1\.5 /)
})

test('an unknown scenario is wrong usage, and leaves no folder', async t => {
  const { out, run } = await simulate(t, '6', '10', 'armageddon')
  t.equal(run.exitCode, 2)
  t.match(run.stderr, /scenario must be one of calm, .*, not "armageddon"/)
  t.strictSame(await readdir(out), [])
})
