import tap, { test } from 'tap'
import { FILE_PATIENCE_MS } from '../../../scripts/tests/until.ts'
import type { History } from '../../src/history/history.ts'
import { network } from '../../src/index.ts'
import { nodePath } from '../toolkit/nodes.ts'
import { untilGone } from '../toolkit/processes.ts'

tap.setTimeout(FILE_PATIENCE_MS)

const WITHIN = 60_000

const command = [process.execPath, nodePath('honest.mjs')] as const
const nodeArgs = ['--ttl-ms', '3000'] as const
const fast = { command, nodeArgs, settleMs: 200 }

test('a network is complete, breaks, and is complete without the node that was killed', async t => {
  await using net = await network({ ...fast, nodes: 4 })
  await net.complete({ within: WITHIN })
  await net.node(3).kill()
  await net.complete({ within: WITHIN })
  const verdict = await net.verdict()
  t.match(verdict, { outcome: 'pass' })
  t.equal(net.history.at(-1)?.type, 'run-closed')
  await untilGone(pidsOf(net.history))
})

test('a node that restarts is the same peer at the same address', async t => {
  await using net = await network({ ...fast, nodes: 3 })
  await net.complete({ within: WITHIN })
  await net.node('n2').restart()
  await net.complete({ within: WITHIN })
  const [first, second] = readyLines(net.history, 'n2')
  t.same(second?.addrs, first?.addrs)
  t.equal(second?.peerId, first?.peerId)
  t.ok(Number(second?.epoch) > Number(first?.epoch))
})

test('a node joins, another one leaves, and the books follow', async t => {
  await using net = await network({ ...fast, nodes: 3 })
  const added = await net.start()
  t.equal(added.name, 'n4')
  await net.complete({ within: WITHIN })
  await net.node(2).leave()
  await net.complete({ within: WITHIN })
  t.equal(net.nodes.length, 4)
})

test('a node that is paused comes back when that is healed', async t => {
  await using net = await network({ ...fast, nodes: 3 })
  await net.complete({ within: WITHIN })
  const frozen = await net.node(3).pause()
  await net.complete({ within: WITHIN })
  await frozen.heal()
  await frozen.heal()
  t.same(
    net.history.flatMap(event => (event.type === 'fault-healed' ? event.nodes : [])),
    ['n3'],
    'healing twice does nothing'
  )
})

test('what is wrong is the message when the network is not complete in time', async t => {
  await using net = await network({ ...fast, nodes: 3, bootstrapPeers: 0 })
  await t.rejects(net.complete({ within: 300 }), { message: /n1|n2|n3/ })
  t.match(await net.verdict(), { outcome: 'fail' })
})

test('what the runner cannot do is refused with what can', async t => {
  await using net = await network({ ...fast, nodes: 2 })
  await t.rejects(net.partition([[1], [2]]), { message: /netns/ })
  t.throws(() => net.node(9), { message: /no node n9/ })
})

test('a network of nodes that do not start is refused, and leaves none', async t => {
  await t.rejects(network({ command: ['/nowhere/program'], nodes: 2 }), { message: /no such program/ })
  await t.rejects(network({ nodes: 1 }), { name: 'RangeError', message: /at least 2, not 1/ })
})

test('networks at the same time have addresses of their own', async t => {
  await using one = await network({ ...fast, nodes: 2 })
  await using other = await network({ ...fast, nodes: 2 })
  const hosts = [one, other].flatMap(({ history }) => ['n1', 'n2'].flatMap(node => readyLines(history, node)[0]!.addrs))
  t.equal(new Set(hosts.map(addr => addr.split('/')[2])).size, 4)
})

test('a network that is closed has no process left, however often it is closed', async t => {
  const net = await network({ ...fast, nodes: 2 })
  await Promise.all([net.close(), net.close()])
  await untilGone(pidsOf(net.history))
  t.equal(net.history.filter(({ type }) => type === 'run-closed').length, 1)
})

function pidsOf(history: History): number[] {
  return history.flatMap(event => (event.type === 'spawned' && event.pid !== undefined ? [event.pid] : []))
}

function readyLines(history: History, node: string) {
  return history.flatMap(event =>
    event.type === 'line' && event.line.type === 'ready' && event.node === node ? [event.line] : []
  )
}
