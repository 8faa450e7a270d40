import tap, { test } from 'tap'
import { FILE_PATIENCE_MS, settled, until } from '../../../scripts/tests/until.ts'
import type { Fault, FaultInForce } from '../../src/faults/fault.ts'
import { createProcessRunner } from '../../src/runners/process.ts'
import { readProcess } from '../../src/runners/processes/stat.ts'
import { isAlive, untilGone } from '../toolkit/processes.ts'
import { isLine, isType } from '../toolkit/recorder.ts'
import { startNodes } from '../toolkit/started-nodes.ts'

tap.setTimeout(FILE_PATIENCE_MS)

test('a fault that the process runner cannot do is told of in a sentence that names a runner that can', async t => {
  const { faults } = createProcessRunner({ command: ['true'] })
  const impossible: Fault[] = [
    { type: 'partition', groups: [['n1'], ['n2']] },
    { type: 'one-way', nodes: ['n1'], direction: 'inbound' },
    { type: 'links', nodes: ['n1'], links: { latencyMs: 50 } },
    { type: 'power-off', nodes: ['n1'] }
  ]
  for (const fault of impossible) {
    t.match(faults.cannot(fault), new RegExp(`^${fault.type}: .*--runner netns`))
    await t.rejects(faults.inject(fault, new Map()), { message: String(faults.cannot(fault)) })
  }
  const possible: Fault[] = [
    { type: 'kill', nodes: ['n1'] },
    { type: 'pause', nodes: ['n1'] },
    { type: 'starve', nodes: ['n1'], runMs: 10, stopMs: 90 },
    { type: 'clock', nodes: ['n1'], offsetMs: 1 }
  ]
  for (const fault of possible) t.equal(faults.cannot(fault), undefined)
})

test('a killed node ends with all that it set free, at once, and the others go on', async t => {
  const { runner, handles, seen, pids } = await startNodes(t, 'sets-free.mjs', 2)
  const [free1, , free2] = await pids()
  const fault = await runner.faults.inject({ type: 'kill', nodes: ['n1'] }, handles)
  t.match(await fault.prove(), { result: 'confirmed', seen: /of n1 has ended: 2 processes/ })
  await settled(handles.get('n1')!.ended, () => seen.observations)
  t.match(seen.observations.find(isType('exited', 'n1')), { signal: 'SIGKILL' })
  await untilGone([free1!])
  t.ok(isAlive(free2!), 'what another node set free')
  t.notOk(seen.observations.some(isType('exited', 'n2')))
  await fault.undo()
})

test('a node that is gone already was not killed, and not paused', async t => {
  const { runner, handles, seen } = await startNodes(t, 'honest.mjs', 1)
  await handles.get('n1')!.stop()
  t.equal(seen.observations.at(-1)?.type, 'exited')
  for (const type of ['kill', 'pause'] as const) {
    const fault = await runner.faults.inject({ type, nodes: ['n1'] }, handles)
    t.match(await fault.prove(), { result: 'mismatch', seen: /no process of n1/ })
    await fault.undo()
  }
})

test('a paused node is stopped with all that it set free, answers nothing, and goes on when that is undone', async t => {
  const { runner, handles, seen, pids } = await startNodes(t, 'sets-free.mjs', 2)
  const [free] = await pids()
  const fault = await runner.faults.inject({ type: 'pause', nodes: ['n1'] }, handles)
  t.match(await fault.prove(), { result: 'confirmed', seen: /state T: n1 \(2\)/ })
  t.equal(readProcess(free!)?.state, 'T')
  for (const handle of handles.values()) handle.send({ type: 'dump' })
  await seen.until(isLine('book', 'n2'))
  t.notOk(seen.observations.some(isLine('book', 'n1')), 'a stopped node does not answer')
  await fault.undo()
  await fault.undo()
  await seen.until(isLine('book', 'n1'))
  t.match(await fault.prove(), { result: 'confirmed', seen: /no process is stopped: n1 \(2\)/ })
})

test('a process that is let go by somebody else is no confirmed pause', async t => {
  const { runner, handles, pids } = await startNodes(t, 'sets-free.mjs', 1)
  const [free] = await pids()
  const fault = await runner.faults.inject({ type: 'pause', nodes: ['n1'] }, handles)
  process.kill(free!, 'SIGCONT')
  await until(() => readProcess(free!)?.state !== 'T')
  t.match(await fault.prove(), { result: 'mismatch', seen: /not all processes of n1 are stopped/ })
  await fault.undo()
})

test('a starved node is stopped again and again, says less, and is left going when that is undone', async t => {
  const { runner, handles, seen } = await startNodes(t, 'busy.mjs', 1)
  const fault = await runner.faults.inject({ type: 'starve', nodes: ['n1'], runMs: 5, stopMs: 40 }, handles)
  t.match(await fault.prove(), { result: 'inconclusive', seen: /not stopped for the first time: n1/ })
  await untilProved(fault, /n1 [3-9] of/)
  t.match(await fault.prove(), { result: 'confirmed' })
  await fault.undo()
  t.match(await fault.prove(), { result: 'confirmed', seen: /no process is stopped/ })
  t.notOk(seen.observations.some(isType('exited')))
})

test('a node that does not tell its clock leaves the fault of its clock unproved', async t => {
  const { runner, handles } = await startNodes(t, 'honest.mjs', 1)
  const fault = await runner.faults.inject({ type: 'clock', nodes: ['n1'], offsetMs: 60_000 }, handles)
  t.match(await fault.prove(), { result: 'inconclusive', seen: /clock of n1/ })
  await fault.undo()
})

async function untilProved(fault: FaultInForce, seen: RegExp): Promise<void> {
  let last = ''
  await until(
    async () => {
      last = (await fault.prove()).seen
      return seen.test(last)
    },
    () => last
  )
}
