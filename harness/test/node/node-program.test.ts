/** Our node program as a process: what it keeps on disk, its clock, its links, and its two versions of libp2p. */
import { fileURLToPath } from 'node:url'
import tap, { type Test, test } from 'tap'
import { FILE_PATIENCE_MS } from '../../../scripts/tests/until.ts'
import { ABILITIES, BOOK_FIELDS, type NodeLine } from '../../src/contract.ts'
import { createProcessRunner } from '../../src/runners/process.ts'
import type { NodeHandle, NodeObservation } from '../../src/runners/runner.ts'
import { createRecorder } from '../toolkit/recorder.ts'

tap.setTimeout(FILE_PATIENCE_MS)

type Program = 'main.ts' | 'main-libp2p-2.ts'
type LineOf<Type extends NodeLine['type']> = Extract<NodeLine, { type: Type }>

for (const program of ['main.ts', 'main-libp2p-2.ts'] as const) {
  test(`with --state a node comes back without its bootstrap peer, as the same peer (${program})`, async t => {
    const { start, lineOf } = startNodes(t)
    const state = ['--state', `${t.testdir()}/state`]
    start('n1', 1, 'main.ts')
    const bootstrap = ['--bootstrap', (await lineOf('n1', 1, 'ready')).addrs[0]!]
    const first = start('n2', 1, program, [...bootstrap, ...state])
    const before = await lineOf('n2', 1, 'ready')
    await lineOf('n2', 1, 'joined')
    await first.stop()
    // Its host's clock has gone back by an hour meanwhile.
    start('n2', 2, program, [...state, '--clock-offset-ms=-3600000'])
    const after = await lineOf('n2', 2, 'ready')
    t.equal(after.peerId, before.peerId)
    t.ok(after.epoch! > before.epoch!)
    t.equal((await lineOf('n2', 2, 'joined')).name, 'n1')
  })
}

test('programs on libp2p 2 and 3 list each other, and tell whom they are connected to', async t => {
  const { start, lineOf } = startNodes(t)
  start('n1', 1, 'main-libp2p-2.ts')
  const n1 = await lineOf('n1', 1, 'ready')
  start('n2', 1, 'main.ts', ['--bootstrap', n1.addrs[0]!])
  const n2 = await lineOf('n2', 1, 'ready')
  t.same([n1.can, n1.fields], [ABILITIES, BOOK_FIELDS])
  t.same([(await lineOf('n1', 1, 'joined')).peerId, (await lineOf('n2', 1, 'joined')).peerId], [n2.peerId, n1.peerId])
  t.same((await lineOf('n1', 1, 'links')).peerIds, [n2.peerId])
  t.same((await lineOf('n2', 1, 'links')).peerIds, [n1.peerId])
})

test('the clock of a node is set, told of, and set right again', async t => {
  const { start, lineOf, runner } = startNodes(t)
  const handles = new Map([['n1', start('n1', 1, 'main.ts')]])
  await lineOf('n1', 1, 'ready')
  const fault = await runner('main.ts').faults.inject({ type: 'clock', nodes: ['n1'], offsetMs: -3_600_000 }, handles)
  t.match(await fault.prove(), { result: 'confirmed', seen: /n1 -36\d{5} ms/ })
  await fault.undo()
  t.match(await fault.prove(), { result: 'confirmed', seen: /n1 -?\d{1,5} ms/ })
})

function startNodes(t: Test) {
  const runners = new Map<Program, ReturnType<typeof createProcessRunner>>()
  const seen = createRecorder()
  const handles: NodeHandle[] = []
  const runner = (program: Program) => {
    const path = fileURLToPath(new URL(`../../src/node/${program}`, import.meta.url))
    const command = [process.execPath, '--conditions=@gossip/source', path] as const
    const made = runners.get(program) ?? createProcessRunner({ command, env: { NODE_OPTIONS: '' } })
    runners.set(program, made)
    return made
  }
  t.teardown(async () => {
    await Promise.all(handles.map(handle => handle.stop()))
    await Promise.all([...runners.values()].map(each => each.close()))
  })
  return {
    runner,
    start(node: string, run: number, program: Program, args: string[] = []) {
      const spec = { node, run, index: Number(node.slice(1)), args: ['--name', node, ...args] }
      const handle = runner(program).start(spec, seen.observe)
      handles.push(handle)
      return handle
    },
    async lineOf<Type extends NodeLine['type']>(node: string, run: number, type: Type): Promise<LineOf<Type>> {
      const isIt = (found: NodeObservation) =>
        found.type === 'line' && found.node === node && found.run === run && found.line.type === type
      const found = (await seen.until(isIt)) as NodeObservation & { type: 'line' }
      return found.line as LineOf<Type>
    }
  }
}
