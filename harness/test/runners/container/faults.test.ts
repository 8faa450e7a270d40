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

  test('what the engine refuses is told with the name of the node', async t => {
    const { n2 } = await startTwo(t, engine)
    await t.rejects(n2.resume(), { message: /^n2: / })
    await n2.stop()
    await t.rejects(n2.pause(), { message: /^n2: / })
  })
})

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
  return { n1, n2, seen, next }
}
