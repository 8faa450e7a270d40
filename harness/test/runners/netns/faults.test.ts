import { readFileSync } from 'node:fs'
import { type Test, test } from 'tap'
import { until } from '../../../../scripts/tests/until.ts'
import type { Fault, FaultInForce } from '../../../src/faults/fault.ts'
import type { NodeHandle, NodeObservation, Runner } from '../../../src/runners/runner.ts'
import { createRecorder, isLine, isType } from '../../toolkit/recorder.ts'
import { noNamespaces, runnerOf } from './namespaces.ts'

/** The state of a connection in /proc/<pid>/net/tcp. */
const ESTABLISHED = '01'

const skip = await noNamespaces()

test('a cut drops packets between its sides and no others, and is gone when it is healed', { skip }, async t => {
  const { inject, start, dialled, seen } = await network(t)
  for (const node of ['n1', 'n2', 'n3']) await start(node)
  const cut = await inject({ type: 'partition', groups: [['n1', 'n2']] })
  t.match(await cut.prove(), { result: 'inconclusive', seen: /no packet was sent between n1, n2 \| all others/ })

  dialled('n3', 'n1')
  dialled('n1', 'n2')
  await seen.until(joins('n1', 'n2'))
  await until(async () => (await cut.prove()).result === 'confirmed')
  t.match(await cut.prove(), { seen: /^[1-9]\d* packets dropped between n1, n2 \| all others$/ })
  t.notOk(seen.observations.some(joins('n1', 'n3')), 'n3 reached nobody')

  await Promise.all([cut.undo(), cut.undo()])
  t.match(await cut.prove(), { result: 'confirmed', seen: /rules that cut n1, n2 \| all others are gone/ })
  // The dial from before may have given up.
  dialled('n3', 'n1')
  await seen.until(joins('n1', 'n3'))
  await seen.until(joins('n2', 'n3'))
})

for (const direction of ['outbound', 'inbound'] as const) {
  test(`a one-way cut stops packets one way only (${direction})`, { skip }, async t => {
    const { inject, start, dialled, seen } = await network(t)
    // A connection that stands: what is sent over it shows each direction by itself.
    await start('n1')
    await start('n2')
    dialled('n1', 'n2')
    await Promise.all([seen.until(joins('n1', 'n2')), seen.until(joins('n2', 'n1'))])
    const cut = await inject({ type: 'one-way', nodes: ['n1'], direction })
    const [deaf, hearing] = direction === 'outbound' ? ['n2', 'n1'] : ['n1', 'n2']
    const before = seen.observations.length
    await until(async () => (await cut.prove()).result === 'confirmed')
    await until(() => seen.observations.slice(before).filter(isLine('updated', hearing)).length > 1)
    t.same(seen.observations.slice(before + 2).filter(isLine('updated', deaf)), [], `${deaf} hears nothing`)
    await cut.undo()
    const healed = seen.observations.length
    await until(() => seen.observations.slice(healed).some(isLine('updated', deaf)))
  })
}

test('a node that is killed is gone, and its peer hears of it', { skip }, async t => {
  const { inject, start, dialled, seen } = await network(t)
  await start('n1')
  await start('n2')
  dialled('n1', 'n2')
  await seen.until(joins('n1', 'n2'))
  t.equal(connectionsOf(seen.observations, 'n1'), 1)
  await inject({ type: 'kill', nodes: ['n2'] })
  await until(() => connectionsOf(seen.observations, 'n1') === 0)
})

test('a node without power is gone, and no peer hears of it', { skip }, async t => {
  const { inject, start, dialled, seen } = await network(t)
  await start('n1')
  await start('n2')
  dialled('n1', 'n2')
  await seen.until(joins('n1', 'n2'))
  const powerOff = await inject({ type: 'power-off', nodes: ['n2'] })
  await seen.until(isType('exited', 'n2'))
  t.match(await powerOff.prove(), { result: 'confirmed', seen: /what ran of n2 has ended: 1 process$/ })
  const exited = seen.observations.length
  await until(() => seen.observations.slice(exited).filter(isLine('announced', 'n1')).length > 3)
  t.equal(connectionsOf(seen.observations, 'n1'), 1, 'its connection is as it was')
  await powerOff.undo()
  t.match(await powerOff.prove(), { result: 'confirmed', seen: /rules .* are gone/ })
})
/** A network of up to three honest nodes, which do not know each other before they are told. */
async function network(t: Test) {
  const runner: Runner = await runnerOf('honest.mjs', { nodes: ['n1', 'n2', 'n3'] })
  const seen = createRecorder()
  const handles = new Map<string, NodeHandle>()
  t.teardown(async () => {
    await Promise.all([...handles.values()].map(handle => handle.stop()))
    await runner.close()
  })
  const addrsOf = (node: string) => {
    const ready = seen.observations.find(isLine('ready', node))
    return ready?.type === 'line' && ready.line.type === 'ready' ? (ready.line.addrs ?? []) : []
  }
  return {
    runner,
    seen,
    handles,
    async start(node: string) {
      const args = ['--name', node, '--announce-interval-ms', '50', '--ttl-ms', '3600000']
      handles.set(node, runner.start({ node, run: 1, index: Number(node.slice(1)) - 1, args }, seen.observe))
      await seen.until(isLine('ready', node))
    },
    dialled: (by: string, node: string) => handles.get(by)!.send({ type: 'dial', addrs: addrsOf(node) }),
    inject: (fault: Fault): Promise<FaultInForce> => runner.faults.inject(fault, handles)
  }
}

/** Whether `node` lists `peer` from there on. */
function joins(node: string, peer: string) {
  return (one: NodeObservation) =>
    isLine('joined', node)(one) && 'line' in one && 'name' in one.line && one.line.name === peer
}

/** Established TCP connections in the namespace of a node, as its process sees them. */
function connectionsOf(observations: readonly NodeObservation[], node: string): number {
  const spawned = observations.find(isType('spawned', node))
  const pid = spawned !== undefined && 'pid' in spawned ? spawned.pid : undefined
  const lines = readFileSync(`/proc/${pid}/net/tcp`, 'utf8').split('\n').slice(1, -1)
  return lines.filter(line => line.trim().split(/\s+/)[3] === ESTABLISHED).length
}
