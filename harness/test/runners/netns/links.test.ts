import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { type Test, test } from 'tap'
import { until } from '../../../../scripts/tests/until.ts'
import type { Links } from '../../../src/faults/fault.ts'
import { type Hub, openHub } from '../../../src/runners/netns/hub.ts'
import { LinkFaults } from '../../../src/runners/netns/shaping/link-faults.ts'
import { createShaper, findShapingMeans } from '../../../src/runners/netns/shaping/means.ts'
import { findTools } from '../../../src/runners/netns/tools.ts'
import { noNamespaces } from './namespaces.ts'

const skip = await noNamespaces()

for (const [means, has] of [
  ['the switch', hub => hub.run('ip', ['link', 'add', 'name', 'x', 'type', 'vxlan', 'id', '9', 'dstport', '9'])],
  ['netem', hub => hub.run('tc', ['qdisc', 'add', 'dev', 'lo', 'root', 'netem'])]
] satisfies [string, (hub: Hub) => Promise<unknown>][]) {
  const kind = means === 'netem' ? 'netem' : 'switch'

  test(`no packet is earlier than its latency, and they are as before when it is healed (${means})`, {
    skip
  }, async t => {
    const { hub, faults, ping } = await setUp(t, kind)
    if (await isMissing(hub, has)) return t.comment(`this kernel has no ${means}`)
    const slow = await inject(faults, { latencyMs: 50, jitterMs: 5 })
    t.match(await slow.prove(), { result: 'inconclusive', seen: 'n1 sent no packet meanwhile' })
    const slowly = ping(20, 1)
    await until(
      () => slowly.tripsMs.length === 20,
      () => slowly
    )
    t.ok(Math.min(...slowly.tripsMs) >= 45, `${Math.min(...slowly.tripsMs)} ms`)
    t.match(await slow.prove(), { result: 'confirmed', seen: /of the packets that n1 sent, \d+ passed/ })

    await Promise.all([slow.undo(), slow.undo()])
    t.match(await slow.prove(), { result: 'confirmed', seen: 'the links of n1 are as they were before' })
    const quickly = ping(200, 1)
    await until(
      () => quickly.tripsMs.some(tripMs => tripMs < 45),
      () => quickly
    )
  })

  test(`faults on one link add up, and one stays when the other is healed (${means})`, { skip }, async t => {
    const { hub, faults, ping } = await setUp(t, kind)
    if (await isMissing(hub, has)) return t.comment(`this kernel has no ${means}`)
    const slow = await inject(faults, { latencyMs: 30 })
    const slower = await inject(faults, { latencyMs: 40 })
    const both = ping(5, 1)
    await until(
      () => both.tripsMs.length === 5,
      () => both
    )
    t.ok(Math.min(...both.tripsMs) >= 70)
    await slow.undo()
    t.match(await slow.prove(), { result: 'confirmed' }, 'what is left of it belongs to the other')
    const one = ping(5, 1)
    await until(
      () => one.tripsMs.length === 5,
      () => one
    )
    t.ok(Math.min(...one.tripsMs) >= 40)
    await slower.undo()
  })

  test(`packets are lost, and the proof counts them (${means})`, { skip }, async t => {
    const { hub, faults, ping } = await setUp(t, kind)
    if (await isMissing(hub, has)) return t.comment(`this kernel has no ${means}`)
    const lossy = await inject(faults, { lossRatio: 0.5 })
    // Without end: a node that does not learn the other's address, since its questions are lost, asks again later.
    const pinged = ping(Number.POSITIVE_INFINITY, 2)
    const countedIn = (seen: string) => /(\d+) passed.* (\d+) were dropped$/.exec(seen)?.slice(1).map(Number) ?? []
    await until(async () => {
      const [passed = 0, dropped = 0] = countedIn((await lossy.prove()).seen)
      return passed > 50 && dropped > 50 && pinged.tripsMs.length > 0
    })
    t.match(await lossy.prove(), { result: 'confirmed' })
  })
}

test('a switch that has ended is told, and nothing is said to be proven', { skip }, async t => {
  const { hub, faults } = await setUp(t, 'switch')
  const slow = await inject(faults, { latencyMs: 50 })
  await hub.close()
  t.match(await slow.prove(), { result: 'inconclusive', seen: /^the links could not be looked at: the helper ended/ })
})

test('what this kernel has is found out, and nothing is left of the question', { skip }, async t => {
  const { hub } = await setUp(t, 'switch')
  // Not whether a device is up: the bridge comes up in its own time.
  const devices = async () => (await hub.run('ip', ['-o', 'link'])).split('\n').map(line => line.split(':')[1])
  const before = await devices()
  t.ok(['netem', 'switch', 'none'].includes(await findShapingMeans(hub)))
  t.same(await devices(), before)
  t.notMatch(await hub.run('tc', ['qdisc', 'show', 'dev', 'lo']), 'netem')
})
async function isMissing(hub: Hub, has: (hub: Hub) => Promise<unknown>): Promise<boolean> {
  return await has(hub).then(
    () => false,
    () => true
  )
}

function inject(faults: LinkFaults, links: Links) {
  return faults.inject({ type: 'links', nodes: ['n1'], links })
}

/** n1, whose links can be made worse, and n2, which answers its pings. */
async function setUp(t: Test, means: 'netem' | 'switch') {
  const hub = await openHub(findTools())
  const shaper = createShaper(hub, means, 7)
  t.teardown(async () => {
    await shaper.close()
    await hub.close()
  })
  hub.furnish([0, 1])
  const server = program(hub, 1, 'serve', hub.topology.addressOf(1))
  await until(() => server.lines().includes('up'))
  return {
    hub,
    faults: new LinkFaults(shaper, node => Number(node.slice(1)) - 1),
    ping(count: number, gapMs: number) {
      const pinging = program(hub, 0, 'ping', hub.topology.addressOf(1), String(count), String(gapMs))
      return {
        get tripsMs() {
          return pinging.lines().map(line => Number(line.split(' ')[1]))
        }
      }
    }
  }
}

/** It ends with the hub. */
function program(hub: Hub, slot: number, ...args: string[]) {
  const [enter = '', ...rest] = hub.enter(slot)
  const path = fileURLToPath(new URL('ping.mjs', import.meta.url))
  const child = spawn(enter, [...rest, process.execPath, path, ...args], { stdio: ['pipe', 'pipe', 'inherit'] })
  let output = ''
  child.stdout.on('data', chunk => {
    output += chunk
  })
  return { lines: () => output.split('\n').slice(0, -1) }
}
