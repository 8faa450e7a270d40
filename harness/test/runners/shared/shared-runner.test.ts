import { readFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { fileURLToPath } from 'node:url'
import tap, { type Test, test } from 'tap'
import { FILE_PATIENCE_MS, settled } from '../../../../scripts/tests/until.ts'
import type { NodeObservation } from '../../../src/runners/runner.ts'
import { createSharedRunner } from '../../../src/runners/shared/shared-runner.ts'
import { createRecorder, isLine, isType } from '../../toolkit/recorder.ts'

tap.setTimeout(FILE_PATIENCE_MS)

const program = fileURLToPath(new URL('nodes-in-one.ts', import.meta.url))

/** Nodes n1, n2 and so on, each with what it does wrong, in so many processes. */
function startNodes(t: Test, misdeeds: readonly string[], processes = 1) {
  const folder = t.testdir()
  const logPathOf = (node: string) => `${folder}/${node}.log`
  const command = [process.execPath, '--conditions=@gossip/source', program] as const
  const runner = createSharedRunner({ command, processes, logPathOf, env: { NODE_OPTIONS: '' } })
  const seen = createRecorder()
  const handles = misdeeds.map((misdeed, index) =>
    runner.start(
      { node: `n${index + 1}`, run: 1, index, args: ['--name', `n${index + 1}`, '--topic', misdeed] },
      seen.observe
    )
  )
  t.teardown(async () => {
    await Promise.all(handles.map(handle => handle.stop()))
    await runner.close()
  })
  return { runner, seen, handles, logPathOf, allEnded: Promise.all(handles.map(({ ended }) => ended)) }
}

function exitOf({ observations }: { observations: readonly NodeObservation[] }, node: string) {
  return observations.filter(isType('exited', node))
}

test('nodes of one process are started, told and heard one by one, and are dealt out to the processes', async t => {
  const { seen, handles } = startNodes(t, ['well', 'well', 'well'], 2)
  for (const node of ['n1', 'n2', 'n3']) await seen.until(isLine('ready', node))
  handles[1]!.send({ type: 'dump' })
  await seen.until(isLine('book', 'n2'))
  const pids = seen.observations.flatMap(each => (each.type === 'spawned' ? [each.pid] : []))
  t.equal(pids[0], pids[2])
  t.not(pids[1], pids[0], 'dealt out in turn')
  t.notOk(seen.observations.some(isLine('book', 'n1')), 'nobody else was asked')
  const [ready] = seen.observations.filter(isLine('ready', 'n1'))
  t.match(ready, { line: { node: 'n1', peerId: 'peer-n1' } })
  t.notMatch(ready, { line: { can: ['clock'] } }, 'a clock is not set for one of them')
})

test('a node that is stopped leaves its neighbours alone, and the process ends with the last one', async t => {
  const { seen, handles, allEnded } = startNodes(t, ['well', 'well', 'well'])
  await seen.until(isLine('ready', 'n3'))
  await settled(handles[0]!.stop(), () => seen.observations)
  t.match(exitOf(seen, 'n1'), [{ code: 0, signal: null, process: undefined }])
  handles[2]!.send({ type: 'dump' })
  await seen.until(isLine('book', 'n3'))
  t.same([...exitOf(seen, 'n2'), ...exitOf(seen, 'n3')], [])
  await settled(Promise.all(handles.map(handle => handle.stop())), () => seen.observations)
  await allEnded
  for (const node of ['n2', 'n3']) t.match(exitOf(seen, node), [{ code: 0, signal: null, process: undefined }])
})

test('a node that cannot start ends alone, with what it said', async t => {
  const { seen, logPathOf, handles } = startNodes(t, ['well', 'cannot-start'])
  await seen.until(isType('exited', 'n2'))
  t.match(exitOf(seen, 'n2'), [{ code: 1, stderrTail: ['node: no address to listen at'], process: undefined }])
  await handles[1]!.ended
  t.equal(await readFile(logPathOf('n2'), 'utf8'), 'node: no address to listen at\n')
  handles[0]!.send({ type: 'dump' })
  await seen.until(isLine('book', 'n1'))
})

for (const [misdeed, words] of [
  ['throws-later', 'Error: thrown later'],
  ['rejects', 'Error: rejected'],
  ['is-called', 'Error: thrown on what was accepted']
] as const) {
  test(`what a node throws ends its process, and is told of that node alone: ${misdeed}`, async t => {
    const { seen, logPathOf, allEnded } = startNodes(t, ['well', misdeed, 'well'])
    if (misdeed === 'is-called') call(await seen.until(isLine('ready', 'n2')))
    await settled(allEnded, () => seen.observations)
    for (const node of ['n1', 'n2', 'n3'])
      t.match(exitOf(seen, node), [{ code: 1, signal: null, process: { culprit: 'n2' } }])
    t.match(exitOf(seen, 'n2'), [{ stderrTail: [words] }])
    t.match(exitOf(seen, 'n1'), [{ stderrTail: [] }], 'its neighbours said nothing')
    t.match(await readFile(logPathOf('n2'), 'utf8'), words)
  })
}

/** As a peer would, whose bytes the node cannot stand. */
function call(ready: NodeObservation): void {
  const addr = ready.type === 'line' && ready.line.type === 'ready' ? ready.line.addrs[0] : ''
  const socket = connect({ host: '127.0.0.1', port: Number(addr?.split('/').at(-1)) }, () => socket.write('x'))
  socket.on('error', () => {})
}

test('what is thrown by nobody is told of no node, and stands in the logs of all', async t => {
  const { seen, logPathOf, allEnded } = startNodes(t, ['well', 'is-nobody'])
  await settled(allEnded, () => seen.observations)
  for (const node of ['n1', 'n2']) {
    t.match(exitOf(seen, node), [{ code: 1, stderrTail: ['Error: thrown by nobody'] }])
    t.notMatch(exitOf(seen, node), [{ process: { culprit: String } }])
    t.match(await readFile(logPathOf(node), 'utf8'), 'thrown by nobody')
  }
})

test('a process that is killed is told of each of its nodes, and of no other', async t => {
  const { seen, handles } = startNodes(t, ['well', 'well', 'well'], 2)
  await seen.until(isLine('ready', 'n3'))
  handles[0]!.signal('SIGKILL')
  await settled(Promise.all([handles[0]!.ended, handles[2]!.ended]), () => seen.observations)
  const pid = seen.observations.find(isType('spawned', 'n1')) as { pid: number }
  for (const node of ['n1', 'n3'])
    t.match(exitOf(seen, node), [{ code: null, signal: 'SIGKILL', process: { pid: pid.pid } }])
  t.same(exitOf(seen, 'n2'), [])
})

test('nodes whose process hangs end with it', async t => {
  const { seen, handles, allEnded } = startNodes(t, ['well', 'hangs'])
  for (const node of ['n1', 'n2']) await seen.until(isLine('ready', node))
  handles[1]!.send({ type: 'dial', addrs: [] })
  await settled(Promise.all(handles.map(handle => handle.stop())), () => seen.observations)
  await allEnded
  for (const node of ['n1', 'n2']) t.match(exitOf(seen, node), [{ signal: 'SIGKILL' }])
})

test('a line that names no node is a finding, and all others are read', async t => {
  const { seen, handles } = startNodes(t, ['prints', 'warns'])
  await seen.until(isLine('ready', 'n2'))
  handles[1]!.send({ type: 'dial', addrs: [] })
  await settled(Promise.all(handles.map(handle => handle.stop())), () => seen.observations)
  t.match(seen.observations.filter(isType('finding')), [
    { node: 'n1', finding: { fault: /names none of its nodes: hello/ } }
  ])
  t.match(exitOf(seen, 'n2'), [{ stderrTail: ['a warning of nobody', 'warning: told: n2'] }])
  t.match(exitOf(seen, 'n1'), [{ stderrTail: ['a warning of nobody'] }], 'what n2 said is not here')
})

test('a program that cannot be run is observed of each node with what to do', async t => {
  const runner = createSharedRunner({ command: ['/nowhere/no-such-program'], processes: 1 })
  const seen = createRecorder()
  const handles = [0, 1].map(index => runner.start({ node: `n${index}`, run: 1, index, args: [] }, seen.observe))
  await settled(Promise.all(handles.map(({ ended }) => ended)), () => seen.observations)
  await runner.close()
  t.match(seen.observations, [
    { type: 'spawn-failed', node: 'n0', reason: /no such program/ },
    { type: 'spawn-failed', node: 'n1', reason: /no such program/ }
  ])
})

test('faults that hit a whole process, or need a network of each node, are refused with what would do', t => {
  const { faults } = createSharedRunner({ command: ['x'], processes: 1 })
  const refused = {
    kill: /leave --per-process out/,
    pause: /leave --per-process out/,
    starve: /leave --per-process out/,
    clock: /one clock; leave --per-process out/,
    partition: /use --runner netns/,
    links: /use --runner netns/
  }
  for (const [type, why] of Object.entries(refused)) t.match(faults.cannot({ type, nodes: ['n1'] } as never), why)
  t.end()
})
