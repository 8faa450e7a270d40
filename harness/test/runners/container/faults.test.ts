import { type Test, test } from 'tap'
import type { Engine } from '../../../src/runners/container/engine.ts'
import type { NodeObservation } from '../../../src/runners/runner.ts'
import { createRecorder, isLine } from '../../toolkit/recorder.ts'
import { runnerOf, withEngine } from './engine.ts'

await withEngine(engine => {
  test('a paused node is silent, forgotten by the others, and back when it is resumed', async t => {
    const { n1, n2, seen, next } = await startTwo(t, engine)
    await n2.pause()
    const before = seen.observations.length
    n2.send({ type: 'dump' })
    await next(isLine('expired', 'n1'))
    n1.send({ type: 'dump' })
    await next(isLine('book', 'n1'))
    t.notOk(seen.observations.slice(before).some(isLine('book', 'n2')), 'it did not answer')
    const answered = next(isLine('book', 'n2'))
    const rejoined = next(isLine('joined', 'n1'))
    await n2.resume()
    await Promise.all([answered, rejoined])
  })

  test('a node off the network runs on, is forgotten by the others, and back at its address when it is connected', async t => {
    const { n2, next } = await startTwo(t, engine)
    await n2.disconnectNetwork()
    await next(isLine('expired', 'n1'))
    n2.send({ type: 'dump' })
    await next(isLine('book', 'n2'))
    const rejoined = next(isLine('joined', 'n1'))
    await n2.connectNetwork()
    await rejoined
  })

  isolation(engine)

  test('what the engine refuses is told with the name of the node', async t => {
    const { n2 } = await startTwo(t, engine)
    await t.rejects(n2.resume(), { message: /^n2: / })
    await n2.stop()
    await t.rejects(n2.pause(), { message: /^n2: / })
  })
})

function isolation(engine: Engine): void {
  test('a node that is isolated is off the network, which is proven, and back when that is healed', async t => {
    const { runner, handles, next } = await startTwo(t, engine)
    const isolated = await runner.faults.inject({ type: 'partition', groups: [['n2']] }, handles)
    await next(isLine('expired', 'n1'))
    t.same(await isolated.prove(), { result: 'confirmed', seen: 'off the network, as the engine says: n2' })
    const rejoined = next(isLine('joined', 'n1'))
    await isolated.undo()
    t.same(await isolated.prove(), { result: 'confirmed', seen: 'on the network, as the engine says: n2' })
    await rejoined
  })

  test('nodes that would still reach each other behind a cut are refused, with what could be done', async t => {
    const { runner } = await startTwo(t, engine)
    t.equal(runner.faults.cannot({ type: 'partition', groups: [['n1'], ['n2']] }), undefined)
    t.match(
      runner.faults.cannot({ type: 'partition', groups: [['n1', 'n2']] }),
      /isolate single nodes, use --runner netns/
    )
  })
}

/** Two nodes that know each other and forget each other after 3 s of silence. */
async function startTwo(t: Test, engine: Engine) {
  const runner = await runnerOf(engine, 'honest.mjs')
  const seen = createRecorder()
  const start = (node: string, index: number, args: string[] = []) =>
    runner.start({ node, run: 1, index, args: ['--name', node, '--ttl-ms', '3000', ...args] }, seen.observe)
  const n1 = start('n1', 0)
  const ready = await seen.until(isLine('ready', 'n1'))
  const [addr = ''] = ready.type === 'line' && ready.line.type === 'ready' ? ready.line.addrs : []
  const n2 = start('n2', 1, ['--bootstrap', addr])
  t.teardown(async () => {
    await Promise.all([n1.stop(), n2.stop()])
    await runner.close()
  })
  await Promise.all([seen.until(isLine('joined', 'n1')), seen.until(isLine('joined', 'n2'))])
  /** The first observation from here on. */
  const next = (isIt: (observation: NodeObservation) => boolean) => {
    const before = new Set(seen.observations)
    return seen.until(observation => !before.has(observation) && isIt(observation))
  }
  const handles = new Map([
    ['n1', n1],
    ['n2', n2]
  ])
  return { runner, handles, n1, n2, seen, next }
}
