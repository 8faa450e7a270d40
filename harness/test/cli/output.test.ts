import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, openSync } from 'node:fs'
import { text } from 'node:stream/consumers'
import tap, { test } from 'tap'
import { FILE_PATIENCE_MS } from '../../../scripts/tests/until.ts'
import { cleanProcesses } from '../../src/runners/processes/clean-processes.ts'
import { markOf } from '../../src/runners/processes/mark.ts'
import { cliPath, nodeCommand } from '../toolkit/harness.ts'
import { isAlive, untilGone } from '../toolkit/processes.ts'

tap.setTimeout(FILE_PATIENCE_MS)

test('a verdict that cannot be printed is exit code 3 and a line on stderr', {
  skip: !existsSync('/dev/full')
}, async t => {
  const args = ['--conditions=@gossip/source', cliPath, '2', '60', '--json', ...nodeCommand('honest.mjs')]
  const child = spawn(process.execPath, args, {
    cwd: t.testdir(),
    stdio: ['ignore', openSync('/dev/full', 'w'), 'pipe'],
    env: { ...process.env, NODE_OPTIONS: '' }
  })
  const [stderr, [code]] = await Promise.all([text(child.stderr!), once(child, 'exit')])
  t.equal(code, 3)
  t.match(stderr, /^test-network: what was found could not be printed: [^\n]*ENOSPC[^\n]*\n$/)
})

test('processes of a harness that is gone are killed, those of one that lives are not', async t => {
  const mark = markOf('0123456789abcdef', 'n1', 1)
  const owner = JSON.parse(mark.GOSSIP_TESTBED_OWNER!)
  const start = (owner: object) =>
    spawn(process.execPath, ['-e', 'setInterval(() => {}, 1_000)'], {
      env: { ...mark, GOSSIP_TESTBED_OWNER: JSON.stringify(owner) },
      stdio: 'ignore'
    })
  const [mine, orphan, elsewhere] = [owner, { ...owner, started: '1' }, { ...owner, machine: 'another' }].map(start)
  t.teardown(() => {
    for (const child of [mine, orphan, elsewhere]) child!.kill('SIGKILL')
  })
  await Promise.all([mine, orphan, elsewhere].map(child => once(child!, 'spawn')))
  t.match((await cleanProcesses()).removed, [/^\d+ process/])
  await untilGone([orphan!.pid!])
  t.ok(isAlive(mine!.pid!))
  t.ok(isAlive(elsewhere!.pid!))
})
