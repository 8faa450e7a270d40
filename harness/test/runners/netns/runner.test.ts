import { test } from 'tap'
import { createRecorder, isLine } from '../../toolkit/recorder.ts'
import { runnerContract } from '../runner-contract.ts'
import { noNamespaces, runnerOf } from './namespaces.ts'

const skip = await noNamespaces()

if (skip === false) runnerContract('netns', (program, logPathOf) => runnerOf(program, { logPathOf }))

test('somebody listens where a node is ready, and a node keeps its address', { skip }, async t => {
  const runner = await runnerOf('honest.mjs')
  t.teardown(() => runner.close())
  const addrs: string[] = []
  for (const run of [1, 2]) {
    const seen = createRecorder()
    const handle = runner.start({ node: 'n1', run, index: 7, args: ['--name', 'n1'] }, seen.observe)
    const ready = await seen.until(isLine('ready'))
    const [addr = ''] = ready.type === 'line' && ready.line.type === 'ready' ? (ready.line.addrs ?? []) : []
    addrs.push(addr.split('/tcp')[0]!)
    t.same(await runner.probe!('n1', [addr]), { addr, result: 'connected' })
    await handle.stop()
    t.match(await runner.probe!('n1', [addr]), { addr, result: 'refused', why: 'ECONNREFUSED' })
  }
  t.same(addrs, ['/ip4/10.77.1.8', '/ip4/10.77.1.8'])
})

test('a runner that is closed leaves a question open, and throws nothing', { skip }, async t => {
  const runner = await runnerOf('honest.mjs')
  await runner.close()
  t.match(await runner.probe!('n1', ['/ip4/10.77.1.1/tcp/1']), { result: 'not-tried', why: /^the helper ended: / })
})
