import { test } from 'tap'
import { until } from '../../../../scripts/tests/until.ts'
import { createNetnsRunner } from '../../../src/runners/netns/netns.ts'
import { ownCommand } from '../../../src/runners/program/own-command.ts'
import type { NodeHandle } from '../../../src/runners/runner.ts'
import { createRecorder, isLine } from '../../toolkit/recorder.ts'
import { noNamespaces } from './namespaces.ts'

/** Entries expire soon, so that a cut is noticed soon. */
const ARGS = ['--announce-interval-ms', '300', '--ttl-ms', '1500']

const skip = await noNamespaces()

test('two nodes of ours that are cut apart lose each other, and find each other when the cut is healed', {
  skip
}, async t => {
  const runner = await createNetnsRunner({ command: await ownCommand(() => {}), nodes: ['n1', 'n2'] })
  const seen = createRecorder()
  const handles = new Map<string, NodeHandle>()
  t.teardown(async () => {
    await Promise.all([...handles.values()].map(handle => handle.stop()))
    await runner.close()
  })
  const start = async (node: string, index: number, args: string[]) => {
    handles.set(node, runner.start({ node, run: 1, index, args: ['--name', node, ...args] }, seen.observe))
    const ready = await seen.until(isLine('ready', node))
    return ready.type === 'line' && ready.line.type === 'ready' ? (ready.line.addrs ?? []) : []
  }
  const [addr = ''] = await start('n1', 0, ARGS)
  t.match(addr, /^\/ip4\/10\.77\.1\.1\/tcp\/\d+/)
  await start('n2', 1, [...ARGS, '--bootstrap', addr])
  const bothSee = (type: string, from: number) => () =>
    ['n1', 'n2'].every(node => seen.observations.slice(from).some(isLine(type, node)))
  await until(bothSee('joined', 0), () => seen.observations)

  const cut = await runner.faults.inject({ type: 'partition', groups: [['n1'], ['n2']] }, handles)
  const from = seen.observations.length
  await until(bothSee('expired', from), () => seen.observations)
  t.match(await cut.prove(), { result: 'confirmed', seen: /^\d+ packets dropped between n1 \| n2$/ })
  t.notOk(seen.observations.slice(from).some(isLine('joined')), 'nothing came through')

  const healed = seen.observations.length
  await cut.undo()
  t.match(await cut.prove(), { result: 'confirmed' })
  await until(bothSee('joined', healed), () => seen.observations.slice(healed))
})

test('nodes of ours behind a home router and a hotel find each other through one on the internet', {
  skip
}, async t => {
  const behind = new Map([
    ['n2', 'home'],
    ['n3', 'hotel'],
    ['n4', 'hotel']
  ] as const)
  const nodes = ['n1', 'n2', 'n3', 'n4']
  const runner = await createNetnsRunner({ command: await ownCommand(() => {}), nodes, behind })
  const seen = createRecorder()
  const handles: NodeHandle[] = []
  t.teardown(async () => {
    await Promise.all(handles.map(handle => handle.stop()))
    await runner.close()
  })
  if (runner.cannotPutBehind?.() !== undefined) return t.comment(runner.cannotPutBehind())
  const addrs = new Map<string, readonly string[]>()
  for (const [index, node] of nodes.entries()) {
    const bootstrap = addrs.get('n1')?.flatMap(addr => ['--bootstrap', addr]) ?? []
    handles.push(runner.start({ node, run: 1, index, args: ['--name', node, ...bootstrap] }, seen.observe))
    const ready = await seen.until(isLine('ready', node))
    addrs.set(node, ready.type === 'line' && ready.line.type === 'ready' ? (ready.line.addrs ?? []) : [])
  }
  const met = (node: string) =>
    new Set(
      seen.observations
        .filter(isLine('joined', node))
        .map(one => ('line' in one && 'name' in one.line ? one.line.name : ''))
    )
  await until(
    () => nodes.every(node => met(node).size === 3),
    () => seen.observations
  )
  t.match(await runner.probe!('n1', addrs.get('n1')!), { addr: /^\/ip4\/198\.18\.1\.1\//, result: 'connected' })
  t.match(await runner.probe!('n2', addrs.get('n2')!), {
    addr: /^\/ip4\/192\.168\.1\.2\//,
    result: 'not-tried',
    why: 'nobody outside can dial n2, which is behind a home router of its own'
  })
})
