import { readFile } from 'node:fs/promises'
import tap, { test } from 'tap'
import { FILE_PATIENCE_MS, settled } from '../../../scripts/tests/until.ts'
import { createProcessRunner, listenAddrOf } from '../../src/runners/process.ts'
import { nodePath } from '../toolkit/nodes.ts'
import { isAlive, untilGone } from '../toolkit/processes.ts'
import { createRecorder, isLine } from '../toolkit/recorder.ts'
import { runnerContract } from './runner-contract.ts'

tap.setTimeout(FILE_PATIENCE_MS)

runnerContract('process', (program, logPathOf) =>
  createProcessRunner({ command: [process.execPath, nodePath(program)], logPathOf, env: { NODE_OPTIONS: '' } })
)

for (const [program, reason] of [
  ['/nowhere/no-such-program', /no-such-program: no such program; give a program of the PATH/],
  [import.meta.dirname, /not an executable file; chmod \+x/],
  ['nul\0byte', /null bytes/]
] as const) {
  test(`a program that cannot be run is observed with what to do: ${reason}`, async t => {
    const runner = createProcessRunner({ command: [program] })
    const seen = createRecorder()
    const handle = runner.start({ node: 'n1', run: 1, index: 0, args: [] }, seen.observe)
    await settled(handle.ended, () => seen.observations)
    await handle.stop()
    await runner.close()
    t.match(seen.observations, [{ type: 'spawn-failed', node: 'n1', run: 1, reason }])
    t.equal(seen.observations.length, 1)
  })
}

test('what a node started ends with it, also when it holds the pipes of the node', async t => {
  const pidFile = `${t.testdir()}/pids`
  const runner = createProcessRunner({
    command: [process.execPath, nodePath('spawns.mjs')],
    env: { PID_FILE: pidFile, NODE_OPTIONS: '' }
  })
  const seen = createRecorder()
  const handle = runner.start({ node: 'n1', run: 1, index: 0, args: ['--name', 'n1'] }, seen.observe)
  await seen.until(isLine('ready'))
  const pid = Number((await readFile(pidFile, 'utf8')).split('\n')[0])
  t.ok(isAlive(pid))
  await handle.stop()
  await runner.close()
  t.match(seen.observations.at(-1), { type: 'exited', code: 0 })
  await untilGone([pid])
})

test('no two nodes share a loopback address where the host has many', async t => {
  const addrs = Array.from({ length: 2_000 }, (_, index) => listenAddrOf(index, 'linux'))
  t.equal(new Set(addrs).size, addrs.length)
  for (const addr of addrs)
    t.match(addr, /^\/ip4\/127\.1\.([1-9]\d?|1\d\d|2[0-4]\d|25[0-4])\.([1-9]\d?|1\d\d|2[0-4]\d|25[0-4])\/tcp\/0$/)
  t.equal(listenAddrOf(7, 'darwin'), '/ip4/127.0.0.1/tcp/0')
})
