/** What the runner does by its agents and its collector, on a cluster whose machines are this host. */
import { type Test, test } from 'tap'
import { settled } from '../../../../scripts/tests/until.ts'
import type { NodeHandle } from '../../../src/runners/runner.ts'
import { createRecorder, isLine, isType } from '../../toolkit/recorder.ts'
import { type LocalOptions, localRunner, withAgents } from './local-agents.ts'

await withAgents(agent => {
  faults(agent)
  refusalsAndEnds(agent)
})

function faults(agent: string): void {
  test('a cut delays the lines of a machine and loses none', async t => {
    const { runner, cluster, seen, handles } = await startTwo(t, agent, {
      partitions: [[['n2']]],
      cutCommands: { cut: 'true', heal: 'true' }
    })
    const fault = { type: 'partition', groups: [['n2']] } as const
    t.equal(runner.faults.cannot(fault), undefined)
    cluster.cut(machineOf(seen.observations, 'n2'))
    const cut = await runner.faults.inject(fault, handles)
    t.match(await cut.prove(), {
      result: 'confirmed',
      seen: /^nothing comes from m\d, and all other machines are heard$/
    })
    handles.get('n2')!.send({ type: 'dump' })
    t.notOk(seen.observations.some(isLine('book', 'n2')))
    cluster.heal(machineOf(seen.observations, 'n2'))
    await cut.undo()
    t.match(await cut.prove(), { result: 'confirmed', seen: /heard again$/ })
    await seen.until(isLine('book', 'n2'))
    const announced = announcementsOf(seen.observations, 'n2')
    t.ok(
      announced.some(({ delayedMs }) => delayedMs > 1_000),
      'some were written while the machine was cut off'
    )
    t.same(
      announced.map(({ seq }) => seq),
      announced.map((_, index) => index + 1),
      'none is missing'
    )
  })

  test('what is killed or paused is seen by its agent', async t => {
    const { runner, seen, handles } = await startTwo(t, agent)
    const paused = await runner.faults.inject({ type: 'pause', nodes: ['n1'] }, handles)
    t.same(await paused.prove(), { result: 'confirmed', seen: 'stopped, as their agents say: n1' })
    await paused.undo()
    t.same(await paused.prove(), { result: 'confirmed', seen: 'running, as their agents say: n1' })
    const killed = await runner.faults.inject({ type: 'kill', nodes: ['n1'] }, handles)
    t.same(await killed.prove(), { result: 'confirmed', seen: 'ended by SIGKILL, as their agents say: n1' })
    t.match(seen.observations.find(isType('exited')), { node: 'n1', signal: 'SIGKILL' })
  })
}

function refusalsAndEnds(agent: string): void {
  test('a partition is not refused where a pod was seen to be silenced by a policy, and heard again without it', async t => {
    const { runner, cluster } = await startTwo(t, agent, { partitions: [[['n1']]], fake: { carriesOutPolicies: true } })
    t.equal(runner.faults.cannot({ type: 'partition', groups: [['n1']] }), undefined)
    t.notOk((await cluster.remains('gossip-testbed/run')).some(each => each.startsWith('network policy')))
  })

  test('a partition is refused before the start where neither machines nor policies can cut', async t => {
    const { runner } = await startTwo(t, agent, { partitions: [[['n1']]] })
    t.match(
      runner.faults.cannot({ type: 'partition', groups: [['n1']] }),
      /^partition: no --cut-command .*; this cluster takes network policies and does not carry them out/
    )
  })

  test('a pod that ends takes its node with it, in the words of the cluster', async t => {
    const { cluster, seen, handles } = await startTwo(t, agent)
    const [pod] = (await cluster.pods('gossip-testbed/role=node')).filter(
      ({ spec }) => spec?.nodeName === machineOf(seen.observations, 'n1')
    )
    cluster.killPod(pod?.metadata?.name ?? '')
    await settled(handles.get('n1')!.ended, () => seen.observations)
    t.match(seen.observations.find(isType('exited')), { node: 'n1', signal: 'SIGKILL', stderrTail: [/OOMKilled/] })
  })

  test('a machine that falls silent by itself is lost, in the words of the cluster', async t => {
    const { cluster, seen, handles } = await startTwo(t, agent)
    cluster.cut(machineOf(seen.observations, 'n2'))
    await settled(handles.get('n2')!.ended, () => seen.observations)
    t.match(seen.observations.find(isType('runner-failed')), {
      node: 'n2',
      why: /^nothing came from m\d for 10 s; the cluster says of it: Ready=Unknown: m\d stopped posting its status$/
    })
    t.notOk(seen.observations.some(isType('runner-failed', 'n1')))
  })

  test('nothing is left in the cluster when the runner is closed', async t => {
    const { runner, cluster, handles } = await startTwo(t, agent)
    t.ok((await cluster.remains('gossip-testbed/run')).length >= 5)
    await Promise.all([...handles.values()].map(handle => handle.stop()))
    await runner.close()
    t.same(await cluster.remains('gossip-testbed/run'), [])
  })
}

type Seen = ReturnType<typeof createRecorder>['observations']

/** Two nodes on two machines that know each other. */
async function startTwo(t: Test, agent: string, options: LocalOptions = {}) {
  const { runner, cluster } = await localRunner(t, agent, 'honest.mjs', options)
  const seen = createRecorder()
  const handles = new Map<string, NodeHandle>()
  t.teardown(async () => {
    await Promise.all([...handles.values()].map(handle => handle.stop()))
    await runner.close()
  })
  const start = (node: string, index: number, args: string[] = []) =>
    handles.set(node, runner.start({ node, run: 1, index, args: ['--name', node, ...args] }, seen.observe))
  start('n1', 0)
  const ready = await seen.until(isLine('ready', 'n1'))
  const [addr = ''] = ready.type === 'line' && ready.line.type === 'ready' ? ready.line.addrs : []
  start('n2', 1, ['--bootstrap', addr])
  await Promise.all([seen.until(isLine('joined', 'n1')), seen.until(isLine('joined', 'n2'))])
  return { runner, cluster, seen, handles }
}

function machineOf(observations: Seen, node: string): string {
  const spawned = observations.find(seen => seen.type === 'spawned' && seen.node === node)
  return (spawned?.type === 'spawned' && spawned.place?.machine) || ''
}

function announcementsOf(observations: Seen, node: string): { seq: number | undefined; delayedMs: number }[] {
  return observations.flatMap(seen =>
    seen.type === 'line' && seen.node === node && seen.line.type === 'announced'
      ? [{ seq: seen.line.seq, delayedMs: seen.delayedMs ?? 0 }]
      : []
  )
}
