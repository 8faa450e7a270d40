import tap, { test } from 'tap'
import { FILE_PATIENCE_MS } from '../../../../scripts/tests/until.ts'
import { markOf, parseMark } from '../../../src/runners/processes/mark.ts'
import { thisProcess } from '../../../src/runners/processes/owner.ts'
import { parseStat } from '../../../src/runners/processes/stat.ts'
import { isAlive, untilGone } from '../../toolkit/processes.ts'
import { startNodes } from '../../toolkit/started-nodes.ts'

tap.setTimeout(FILE_PATIENCE_MS)

test('a process that a node set free is named when the node has ended, and ended', async t => {
  const { runner, handles, pids } = await startNodes(t, 'sets-free.mjs', 2)
  const [free1, , free2] = await pids()
  t.same(await runner.reap(), [], 'what living nodes started is left alone')
  await handles.get('n1')!.stop()
  t.same(await runner.reap(), [{ node: 'n1', pid: free1 }])
  await untilGone([free1!])
  t.ok(isAlive(free2!))
  t.same(await runner.reap(), [])
})

test('what the processes of a node use is counted by the system, children too', async t => {
  const { runner } = await startNodes(t, 'sets-free.mjs', 1)
  const [usage] = runner.usages!().filter(each => each.type === 'usage')
  t.match(usage, { type: 'usage', node: 'n1', run: 1 })
  t.ok(usage!.cpuMs > 0)
  t.ok(usage!.rssBytes > 2 * 20 * 2 ** 20, 'of two processes')
  t.ok(usage!.threads >= 2)
  t.ok(usage!.sockets >= 1, 'it listens')
})

test('a mark is read as it was written, whatever else the environment holds', async t => {
  const mark = markOf('0123abcd', 'a node of = signs', 3)
  const environ = [
    'PATH=/bin',
    ...Object.entries(mark).map(entry => entry.join('=')),
    'GOSSIP_TESTBED_NODEX=1 2 n9',
    ''
  ]
  t.same(parseMark(environ.join('\0')), { runId: '0123abcd', run: 3, node: 'a node of = signs', owner: thisProcess() })
  t.equal(parseMark('GOSSIP_TESTBED_NODE=nonsense\0'), undefined)
  t.equal(parseMark(''), undefined)
})

test('the name of a process may look like the fields after it', async t => {
  const fields = Array.from({ length: 52 }, (_, i) => String(i + 1))
  const text = `42 (a) S 1 ) T 9 (b) R 7 8 ${fields.slice(5).join(' ')}\n`
  t.match(parseStat(text), {
    pid: 42,
    state: 'R',
    parentPid: 7,
    groupId: 8,
    cpuMs: (14 + 15 + 16 + 17) * 10,
    threads: 20,
    startedTicks: '22'
  })
})
