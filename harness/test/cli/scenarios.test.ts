import { readdir } from 'node:fs/promises'
import { test } from 'tap'
import { expectRefusal, startHarness } from '../toolkit/harness.ts'

test('the shipped scenarios are listed, each in a line, with what it needs', async t => {
  const { code, stdout } = await startHarness(t, t.testdir(), ['list']).ended
  t.equal(code, 0)
  t.match(stdout, /^SCENARIO +WHAT HAPPENS +LASTS +NEEDS$/m)
  t.match(stdout, /^split +two halves cannot reach each other for 60 s +65 s +partition$/m)
  t.match(stdout, /^leave +.* program: leave$/m)
  t.match(stdout, /^hotel-and-office +.* behind: hotel, behind: corporate$|behind: corporate, behind: hotel$/m)
})

test('a plan is told in words, or as JSON, and nothing is started', async t => {
  const folder = t.testdir()
  const words = await startHarness(t, folder, ['run', 'split', '6', '--plan']).ended
  t.equal(words.code, 0, words.stderr)
  t.match(
    words.stdout,
    /6 nodes, seed 1, deadline \d+ s(.|\n)*s1 {2}5 s after full books {2}no packet passes between n/
  )
  const json = await startHarness(t, folder, ['run', 'split', '6', '--seed', '3', '--plan', '--json']).ended
  t.match(JSON.parse(json.stdout), { scenario: 'split', seed: 3, steps: [{ action: { forMs: 60_000 } }] })
  t.same(await readdir(folder), [])
})

test('what is wrong with a scenario file is told by line and column, and ends with exit code 2', async t => {
  const folder = t.testdir({ 'my.yaml': 'about: x\nsteps:\n  - kill: n9\n    at: 5s\n' })
  const { code, stdout, stderr } = await startHarness(t, folder, ['run', 'my.yaml', '3']).ended
  t.same([code, stdout], [2, ''])
  t.equal(stderr, 'my.yaml:3:11: n9 is not there: the run has 3 nodes, n1..n3\n')
  t.same(await readdir(folder), ['my.yaml'])
})

for (const [argv, message] of [
  ['run splitt', /^test-network: no scenario is called "splitt"; did you mean split\?[^\n]*\n$/],
  ['run none.yaml', /^test-network: none\.yaml cannot be read: there is no such file\n$/],
  ['run split 12 30', /^test-network: split takes 65 s, and 1 s to settle: [^\n]*\n$/],
  [
    'run home-routers 5 --runner process',
    /^test-network: n\d of home-routers cannot be behind a router \(home\): [^\n]*; use --runner netns\n$/
  ],
  ['run nat-changes 5 --runner simulation', /^test-network: a simulation has no routers [^\n]*; use --runner netns\n$/]
] as const) {
  test(`what cannot be run is told in one line with exit code 2: ${argv}`, async t => {
    await expectRefusal(t, argv, message)
  })
}
