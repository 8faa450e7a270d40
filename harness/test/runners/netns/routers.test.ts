import { spawn } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { type Test, test } from 'tap'
import { until } from '../../../../scripts/tests/until.ts'
import type { RouterKind } from '../../../src/faults/routers.ts'
import { createCuts } from '../../../src/runners/netns/cuts.ts'
import { type Hub, openHub } from '../../../src/runners/netns/hub.ts'
import { createNatChanges } from '../../../src/runners/netns/routers/nat-changes.ts'
import { findTools } from '../../../src/runners/netns/tools.ts'
import { Topology } from '../../../src/runners/netns/topology.ts'
import { noNamespaces } from './namespaces.ts'

const skip = (await noNamespaces()) || (await noRouters())

/** Of nodes on the internet. */
const PORT = '7000'

test('a node behind a home router reaches others under the address of the router, and nobody reaches it', {
  skip
}, async t => {
  const { hub, run, topology } = await setUp(t, { n3: 'home' })
  const server = await run.listening('n1', topology.addressOf(0), PORT)
  const own = await run.listening('n3', '0.0.0.0', PORT)
  // Not even at the port from which it sends, which has a mapping.
  const out = run('n3', 'connect', topology.addressOf(0), PORT, '5000')
  await out.says('connected')
  await server.says('from')
  t.same(server.lines().slice(1), [`from ${topology.placeOf(2).address} 5000`], 'the port is kept')
  for (const port of [PORT, '5000']) run('n2', 'connect', topology.placeOf(2).address, port)
  await until(async () => (await countOf(hub, 'router2', 'own')) >= 2)
  // Nor by way of the router, for somebody who knows what is behind it.
  await hub.run('ip', ['-n', 'node1', 'route', 'add', topology.addressOf(2), 'via', topology.placeOf(2).address])
  run('n2', 'connect', topology.addressOf(2), PORT)
  await until(async () => (await countOf(hub, 'router2', 'unasked')) >= 1)
  const inside = run.in('router2', 'connect', topology.addressOf(2), PORT)
  await inside.says('connected')
  await own.says('from 192.168.1.1')
  t.equal(own.lines().length, 2, 'the router itself was the first to come in')
})

test('a hotel isolates its guests, and sends from other ports than they do', { skip }, async t => {
  const { run, topology } = await setUp(t, { n3: 'hotel', n4: 'hotel' })
  const servers = await Promise.all([0, 1].map(slot => run.listening(`n${slot + 1}`, topology.addressOf(slot), PORT)))
  const guest = await run.listening('n4', '0.0.0.0', PORT)
  const next = run('n3', 'connect', topology.addressOf(3), PORT)
  await next.says('failed EHOSTUNREACH')
  const ports = []
  for (const [slot, server] of servers.entries()) {
    await run('n3', 'connect', topology.addressOf(slot), PORT, '5000').says('connected')
    await server.says(`from ${topology.shared[0]!.outside.address} `)
    ports.push(server.lines().at(-1)!.split(' ').at(-1))
  }
  t.equal(new Set([...ports, '5000']).size, 3, 'each server sees another port, and none that of the guest')
  t.same(guest.lines(), ['up'])
})

test('a corporate firewall passes the ports of the web and nothing else; colleagues see each other', {
  skip
}, async t => {
  const { hub, run, topology } = await setUp(t, { n3: 'corporate', n4: 'corporate' })
  const web = await run.listening('n1', topology.addressOf(0), '443')
  const other = await run.listening('n1', topology.addressOf(0), PORT)
  const colleague = await run.listening('n4', topology.addressOf(3), PORT)
  run('n3', 'connect', topology.addressOf(0), PORT)
  await until(async () => (await countOf(hub, 'corporate', 'refused')) > 0)
  await run('n3', 'connect', topology.addressOf(0), '443').says('connected')
  await web.says(`from ${topology.shared[0]!.outside.address} `)
  await run('n3', 'connect', topology.addressOf(3), PORT).says('connected')
  await colleague.says(`from ${topology.addressOf(2)} `)
  t.same(other.lines(), ['up'])
})

test('subscribers of a carrier share its address, behind routers of their own', { skip }, async t => {
  const { run, topology } = await setUp(t, { n3: 'cgnat', n4: 'cgnat' })
  const server = await run.listening('n1', topology.addressOf(0), PORT)
  for (const node of ['n3', 'n4']) await run(node, 'connect', topology.addressOf(0), PORT).says('connected')
  const from = [await nthCaller(server, 1), await nthCaller(server, 2)]
  t.same(from, Array(2).fill(topology.shared[0]!.outside.address))
})

for (const kind of ['home', 'cgnat', 'hotel'] as const) {
  test(`a NAT that changes (${kind}) ends the connections through it, and shows another address`, { skip }, async t => {
    const { hub, run, topology, slotOf } = await setUp(t, { n3: kind })
    const changes = createNatChanges(hub, slotOf)
    const server = await run.listening('n1', topology.addressOf(0), PORT)
    const first = run('n3', 'connect', topology.addressOf(0), PORT)
    await first.says('connected')
    const before = await nthCaller(server, 1)
    const fault = await changes.inject({ type: 'nat-changes', nodes: ['n3'] })
    await first.says('closed')
    t.match(first.lines(), ['connected', /^failed (ECONNRESET|EPIPE)$/, 'closed'])
    const second = run('n3', 'connect', topology.addressOf(0), PORT)
    await second.says('connected')
    const after = await nthCaller(server, 2)
    t.not(after, before)
    const seen = new RegExp(
      `^n3: public address ${after} in place of ${before}; 1 of 1 connections forgotten, [1-9]\\d* packets`
    )
    t.match(await fault.prove(), { result: 'confirmed', seen })

    await Promise.all([fault.undo(), fault.undo()])
    await second.says('closed')
    t.same(await fault.prove(), { result: 'confirmed', seen: `n3: public address ${before} again` })
    await run('n3', 'connect', topology.addressOf(0), PORT).says('connected')
    t.equal(await nthCaller(server, 3), before)
  })
}

test('a change that nobody sends through is inconclusive, and one that somebody took back is a mismatch', {
  skip
}, async t => {
  const { hub, topology, slotOf } = await setUp(t, { n3: 'home' })
  const fault = await createNatChanges(hub, slotOf).inject({ type: 'nat-changes', nodes: ['n3'] })
  t.match(await fault.prove(), { result: 'inconclusive', seen: /0 of 0 connections forgotten, 0 packets/ })
  await hub.run('ip', ['-n', 'router2', 'address', 'flush', 'dev', 'outside'])
  t.match(await fault.prove(), { result: 'mismatch', seen: /have not the address .*: router2 198\.19\.1\.2$/ })
  await hub.run('ip', ['-n', 'router2', 'address', 'add', '198.19.1.2/15', 'dev', 'outside'])
  await hub.script('router2', '"$2" delete table ip change1')
  t.match(await fault.prove(), { result: 'mismatch', seen: /what counted their packets is gone$/ })
  t.equal(topology.nextAddress(), '198.19.1.3')
})

test('two changes of one router are taken back in any order', { skip }, async t => {
  const { hub, slotOf, topology } = await setUp(t, { n3: 'home' })
  const changes = createNatChanges(hub, slotOf)
  const fault = { type: 'nat-changes', nodes: ['n3'] } as const
  const [one, other] = [await changes.inject(fault), await changes.inject(fault)]
  await one.undo()
  t.match(await addressAt(hub, 'router2'), /^198\.19\.1\.3\/15/, 'the last one is in force')
  await other.undo()
  t.match(await addressAt(hub, 'router2'), new RegExp(`^${topology.placeOf(2).address}/15`))
  t.match(await one.prove(), { result: 'confirmed' })
})

test('a kernel that cannot translate addresses is found out before the start, with what it says', { skip }, async t => {
  const nft = `${t.testdir()}/nft`
  writeFileSync(nft, '#!/bin/sh\necho "Error: Could not process rule: No such file or directory" >&2\nexit 1\n', {
    mode: 0o755
  })
  const hub = await openHub({ ...findTools(), nft }, new Topology(new Map([[0, 'home']])))
  t.teardown(() => hub.close())
  t.match(await hub.whyNoRouters(), /^sh: Error: Could not process rule: No such file or directory$/)
  t.notMatch(await hub.run('ip', ['netns', 'list']), /node|router/, 'no node was put anywhere')
})

test('a node on the internet has no NAT that could change', { skip }, async t => {
  const { hub, slotOf } = await setUp(t, { n3: 'home' })
  const { cannot } = createNatChanges(hub, slotOf)
  t.equal(cannot({ type: 'nat-changes', nodes: ['n3'] }), undefined)
  t.equal(
    cannot({ type: 'nat-changes', nodes: ['n1', 'n3'] }),
    'nat-changes: n1 is behind no router; choose nodes that are'
  )
})

test('nodes behind a shared router are cut from the others with it, and one of them alone', { skip }, async t => {
  const { hub, run, topology, slotOf } = await setUp(t, { n3: 'corporate', n4: 'corporate' })
  const cuts = createCuts(hub, slotOf)
  const web = await run.listening('n1', topology.addressOf(0), '443')
  const colleague = await run.listening('n4', topology.addressOf(3), PORT)
  const all = await cuts.inject({ type: 'partition', groups: [['n3', 'n4']] })
  run('n3', 'connect', topology.addressOf(0), '443')
  await until(async () => (await all.prove()).result === 'confirmed')
  await run('n3', 'connect', topology.addressOf(3), PORT).says('connected')
  t.same(web.lines(), ['up'])
  await all.undo()
  const one = await cuts.inject({ type: 'partition', groups: [['n3']] })
  await run('n4', 'connect', topology.addressOf(0), '443').says('connected')
  run('n3', 'connect', topology.addressOf(3), PORT)
  await until(async () => (await one.prove()).result === 'confirmed')
  t.equal(colleague.lines().length, 2, 'only what came before the cut')
  await one.undo()
  const elsewhere = await run.listening('n2', topology.addressOf(1), '443')
  const sides = await cuts.inject({ type: 'partition', groups: [['n1', 'n3', 'n4']] })
  await run('n3', 'connect', topology.addressOf(0), '443').says('connected')
  run('n3', 'connect', topology.addressOf(1), '443')
  await until(async () => (await sides.prove()).result === 'confirmed')
  t.same(elsewhere.lines(), ['up'])
})

async function noRouters(): Promise<string | false> {
  const hub = await openHub(
    findTools(),
    new Topology(
      new Map([
        [0, 'cgnat'],
        [1, 'hotel'],
        [2, 'corporate']
      ])
    )
  )
  const why = await hub.whyNoRouters()
  await hub.close()
  return why ?? false
}

/** Four nodes, of which n1 and n2 are on the internet. */
async function setUp(t: Test, behind: Readonly<Record<string, RouterKind>>) {
  const slotOf = (node: string) => Number(node.slice(1)) - 1
  const topology = new Topology(new Map(Object.entries(behind).map(([node, kind]) => [slotOf(node), kind])))
  const hub = await openHub(findTools(), topology)
  t.teardown(() => hub.close())
  hub.furnish([0, 1, 2, 3])
  const run = Object.assign((node: string, ...args: string[]) => program(hub.enter(slotOf(node)), args), {
    in: (namespace: string, ...args: string[]) => program(hub.enterNamed(namespace), args),
    async listening(node: string, ...args: string[]) {
      const server = program(hub.enter(slotOf(node)), ['listen', ...args])
      await server.says('up')
      return server
    }
  })
  return { hub, topology, run, slotOf }
}

/** It ends with the hub. */
function program([enter = '', ...rest]: readonly string[], args: readonly string[]) {
  const path = fileURLToPath(new URL('talk.mjs', import.meta.url))
  const child = spawn(enter, [...rest, process.execPath, path, ...args], { stdio: ['pipe', 'pipe', 'inherit'] })
  let output = ''
  child.stdout.on('data', chunk => {
    output += chunk
  })
  const lines = () => output.split('\n').slice(0, -1)
  return {
    lines,
    says: (beginning: string) =>
      until(
        () => lines().some(line => line.startsWith(beginning)),
        () => [args, lines()]
      )
  }
}

/** The address from which a server was called the first, second, ... time. */
async function nthCaller(server: ReturnType<typeof program>, count: number): Promise<string> {
  await until(() => server.lines().length > count, server.lines)
  return server.lines()[count]!.split(' ')[1]!
}

/** Packets that the router has dropped for that reason. */
async function countOf(hub: Hub, router: string, counter: 'refused' | 'unasked' | 'own'): Promise<number> {
  const text = await hub.script(router, `"$2" list counter ip router ${counter}`)
  return Number(/packets (\d+)/.exec(text)?.[1])
}

async function addressAt(hub: Hub, router: string): Promise<string> {
  const text = await hub.run('ip', ['-n', router, '-4', '-o', 'address', 'show', 'dev', 'outside'])
  return /inet (\S+)/.exec(text)?.[1] ?? ''
}
