import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'tap'
import { expectRefusal, startHarness } from '../toolkit/harness.ts'

const SIMULATED = ['explore', '--runner', 'simulation', '--seed', '5']

test('simulations are explored until the time is over, and what was done is told', async t => {
  const folder = t.testdir()
  const { code, stdout, stderr } = await startHarness(t, folder, [
    ...[...SIMULATED, '--minutes', '0.01', '--kinds', 'kill,leave', '--nodes', '5']
  ]).ended
  t.equal(code, 0, stderr)
  t.match(stdout, /^seed 5: [\d,]+ plans?, \d+ passed, 0 failed, 0 unknown\nsteps: .*\nartefacts {2}runs\//)
  t.same(await readdir(join(folder, 'runs/latest')), ['exploration.json'], 'a run that passed leaves nothing')
})

test('the same as one JSON document, which its folder holds as well', async t => {
  const folder = t.testdir()
  const { stdout } = await startHarness(t, folder, [
    ...[...SIMULATED, '--minutes', '0.001', '--kinds', 'kill', '--json']
  ]).ended
  t.match(JSON.parse(stdout), { seed: 5, plans: Number, failures: [] })
  t.equal(await readFile(join(folder, 'runs/latest/exploration.json'), 'utf8'), stdout)
})

test('an interrupt ends an exploration with what there is', async t => {
  const folder = t.testdir()
  const harness = startHarness(t, folder, [...SIMULATED, '--minutes', '60', '--kinds', 'kill'])
  await harness.until(async () => (await readdir(folder)).includes('runs'))
  harness.child.kill('SIGINT')
  const { code, stdout } = await harness.ended
  t.equal(code, 130)
  t.match(stdout, /^seed 5: [\d,]+ plans?, /m)
})

for (const [argv, message] of [
  [
    'explore --minutes 0',
    /^test-network: --minutes must be a duration above 0 and up to 24h, [^\n]*30 alone is 30m\), not "0"\n$/
  ],
  ['explore --nodes 3', /^test-network: --nodes must be a whole number from 4 to 200, not "3"\n$/],
  ['explore --kinds kill,armageddon', /^test-network: --kinds must be some of kill,[^\n]*, not "kill,armageddon"\n$/],
  [
    'explore --kinds isolate',
    /^(?:bundling the node program\n)?test-network: --runner process can do nothing of isolate here; another --runner can\n$/
  ],
  ['explore --runner simulation --mdns', /^test-network: --mdns goes with a runner of processes[^\n]*\n$/]
] as const) {
  test(`what cannot be explored is told in one line with exit code 2: ${argv}`, async t => {
    await expectRefusal(t, argv, message)
  })
}
