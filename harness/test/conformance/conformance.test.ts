import { readdir } from 'node:fs/promises'
import tap, { type Test, test } from 'tap'
import { FILE_PATIENCE_MS } from '../../../scripts/tests/until.ts'
import { facts } from '../../src/conformance/facts.ts'
import { startHarness } from '../toolkit/harness.ts'
import { nodePath } from '../toolkit/nodes.ts'
import { untilGone } from '../toolkit/processes.ts'

tap.setTimeout(FILE_PATIENCE_MS)

test('a program that keeps the contract: every fact holds, exit code 0', async t => {
  const { code, stdout } = await check(t, process.execPath, nodePath('honest.mjs'))
  t.equal(code, 0)
  const [notTried, ...rest] = stdout.split('\n').slice(facts.length)
  t.same(
    stdout.split('\n').slice(0, facts.length),
    facts.map(({ says }) => `ok    ${says}`)
  )
  t.match(notTried, /^Not tried here: rules 21 hash, .*27 stable.*\.$/)
  t.same(rest, ['The program keeps the contract.', ''])
})

for (const [program, wanted] of [
  ['silent.mjs', /FAIL {2}a node writes `ready` as soon as it can be dialled\n +no `ready` line within 3 s\n/],
  [
    'exits-at-once.mjs',
    /the node ended before \(code 9\)\n(.*\n)+stderr of n1 ended with:\n +cannot read .{1,2}\[31mconfig\.json/
  ],
  ['half-line.mjs', /FAIL {2}n1, line 1: output ends in the middle of a line\n +\{"type":"ready","v":1,"no\n/],
  ['rubbish.mjs', /FAIL {2}n2, line 2: type: "hello" is none of ready, .*\n +\{"type":"hello"\}\n/],
  ['lists-itself.mjs', /FAIL {2}rule 12 not-itself: n1 lists itself/],
  ['lies.mjs', /FAIL {2}`dial` of a node makes both list each other\n +the book of n1 about n2: not listed\n/],
  ['stubborn.mjs', /FAIL {2}a node ends by itself, with code 0, after `stop`\n +it lives on after 1 s\n/],
  ['ignores-sigterm.mjs', /FAIL {2}a node ends within 1 s of SIGTERM.*\n +it lives on after 1 s\n/],
  [
    'misreports.mjs',
    /nobody listens at \/ip4\/127\.0\.0\.1\/tcp\/1\n(.*\n)*FAIL {2}rule 3 ready-name: n1 (.*\n)*FAIL {2}rule 6 epoch-is-start: n1 .*in seconds perhaps/
  ]
] as const) {
  test(`a program that breaks the contract is told how, exit code 1 (${program})`, async t => {
    const { code, stdout } = await check(t, process.execPath, nodePath(program))
    t.equal(code, 1)
    t.match(stdout, wanted)
    t.match(stdout, /\d+ faults?\.\n$/)
  })
}

test('a program that cannot be started: exit code 3 and what to do', async t => {
  const { code, stdout } = await check(t, '/nowhere/no-such-program')
  t.equal(code, 3)
  t.match(stdout, /no such program; give a program of the PATH/)
})

test('what nobody needs in every run is lacking, and no fault', async t => {
  const { code, stdout } = await check(t, process.execPath, nodePath('stays.mjs'))
  t.equal(code, 0)
  t.match(stdout, /lack {2}`leave` makes .* \(only for scenarios in which nodes leave\)/)
})

test('a program is held to the fields alone that it says its books have', async t => {
  const { code, stdout } = await check(t, process.execPath, nodePath('ids-only.mjs'))
  t.equal(code, 0, stdout)
})

for (const [signal, code] of [
  ['SIGINT', 130],
  ['SIGTERM', 143]
] as const) {
  test(`${signal} leaves no node and no file behind`, async t => {
    const temporary = t.testdir()
    const command = ['conformance', '--', process.execPath, nodePath('honest.mjs')]
    const harness = startHarness(t, temporary, command, { env: { TMPDIR: temporary } })
    const pids = await harness.nodePids(2)
    harness.child.kill(signal)
    t.equal((await harness.ended).code, code)
    await untilGone(pids)
    t.same(await readdir(temporary), [])
  })
}

async function check(t: Test, ...command: string[]) {
  return await startHarness(t, process.cwd(), ['conformance', '--within', '3', '--', ...command]).ended
}
