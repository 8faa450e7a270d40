import { spawnSync } from 'node:child_process'
import { test } from 'tap'
import { countsIn, netemArgs } from '../../../src/runners/netns/shaping/netem.ts'

test('every kind of bad link is said as tc takes it', async t => {
  const links = {
    latencyMs: 50,
    jitterMs: 5,
    lossRatio: 0.05,
    duplicateRatio: 0.001,
    reorderRatio: 0.25,
    bytesPerSecond: 125_000
  }
  t.equal(
    netemArgs(links).join(' '),
    'netem limit 1000 delay 50ms 5ms loss 5% duplicate 0.1% reorder 25% rate 1000000bit'
  )
  t.equal(netemArgs({ lossRatio: 1 / 3 }).join(' '), 'netem limit 1000 loss 33.3333%')
  t.equal(netemArgs({}).join(' '), 'netem limit 1000')
})

test('what netem counted is found among the queues', async t => {
  const queues = [
    { kind: 'fq', packets: 1, drops: 1 },
    { kind: 'netem', packets: 312, drops: 16 }
  ]
  t.same(countsIn(JSON.stringify(queues)), { passed: 312, dropped: 16 })
  t.equal(countsIn(JSON.stringify([queues[0]])), undefined)
  t.equal(countsIn('[]'), undefined)
})

test('tc understands it, whether or not the kernel has netem', async t => {
  const links = {
    latencyMs: 0.5,
    jitterMs: 5,
    lossRatio: 1e-5,
    duplicateRatio: 1,
    reorderRatio: 0.3333,
    bytesPerSecond: 0.1
  }
  const add = ['tc', 'qdisc', 'add', 'dev', 'lo', 'root', ...netemArgs(links)]
  const { stderr } = spawnSync('unshare', ['-rn', ...add], { encoding: 'utf8' })
  // A word that tc does not understand is told before the kernel is asked.
  t.notMatch(stderr, /What is|Illegal|Usage/)
})
