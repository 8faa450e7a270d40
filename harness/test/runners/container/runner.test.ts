import { test } from 'tap'
import { settled } from '../../../../scripts/tests/until.ts'
import type { NodeHandle, NodeObservation, Runner } from '../../../src/runners/runner.ts'
import { createRecorder, isLine, isType } from '../../toolkit/recorder.ts'
import { runnerContract } from '../runner-contract.ts'
import { leftoversOf, runnerOf, withEngine } from './engine.ts'

await withEngine(engine => {
  runnerContract('container', (program, logPathOf) => runnerOf(engine, program, { logPathOf }))

  test('a node is not root, and writes nowhere but to /tmp', async t => {
    const runner = await runnerOf(engine, 'confined.mjs')
    const seen = createRecorder()
    await settled(runner.start({ node: 'n1', run: 1, index: 0, args: [] }, seen.observe).ended, () => seen.observations)
    await runner.close()
    const exit = seen.observations.find(isType('exited'))
    t.match(exit, { code: 0 })
    t.same(JSON.parse(exit?.type === 'exited' ? (exit.stderrTail[0] ?? '') : ''), {
      uid: 65534,
      capabilities: '0000000000000000',
      noNewPrivileges: '1',
      writesRoot: false,
      writesApp: false,
      writesTmp: true
    })
  })

  test('a node that takes more memory than it may is killed, and its last words say why', async t => {
    const runner = await runnerOf(engine, 'hungry.mjs', { memoryBytes: 96 * 2 ** 20, cpus: 0.5 })
    const seen = createRecorder()
    await settled(runner.start({ node: 'n1', run: 1, index: 0, args: [] }, seen.observe).ended, () => seen.observations)
    await runner.close()
    t.match(seen.observations.at(-1), { type: 'exited', signal: 'SIGKILL' })
    const { Components } = await engine.container.dockerode.version()
    if (Components?.some(({ Name }) => /podman/i.test(Name))) return t.comment('Podman tells only that it was killed')
    t.match(seen.observations.at(-1), { stderrTail: [/more memory than it may have/] })
  })

  test('a node that is started again has the address that it had', async t => {
    const runner = await runnerOf(engine, 'honest.mjs')
    const addrs = []
    for (const run of [1, 2, 3]) {
      const seen = createRecorder()
      const handle = runner.start({ node: 'n1', run, index: 7, args: ['--name', 'n1'] }, seen.observe)
      const ready = await Promise.race([seen.until(isLine('ready')), seen.until(isType('spawn-failed'))])
      addrs.push(ready.type === 'line' && ready.line.type === 'ready' ? ready.line.addrs[0]?.split('/')[2] : ready)
      await handle.stop()
    }
    await runner.close()
    t.equal(new Set(addrs).size, 1)
    t.match(addrs[0], /^\d+\.\d+\.\d+\.\d+$/)
  })

  test('a node that could not be started is observed with the reason, and leaves nothing', async t => {
    const runner = await runnerOf(engine, 'honest.mjs')
    const seen = createRecorder()
    const handle = runner.start({ node: 'n1', run: 1, index: 2 ** 24, args: [] }, seen.observe)
    await settled(handle.ended, () => seen.observations)
    await handle.stop()
    t.match(seen.observations, [
      { type: 'spawn-failed', node: 'n1', run: 1, reason: /the subnet .* has room for \d+ nodes/ }
    ])
    t.equal(seen.observations.length, 1)
    await runner.close()
    t.same(await leftoversOf(engine, runner.runId), [])
  })

  test('names hold the id of the run, and nothing of it is left when the runner is closed', async t => {
    const runner = await runnerOf(engine, 'honest.mjs')
    const seen = createRecorder()
    const handles = startTwo(runner, seen.observe)
    t.teardown(() => runner.close())
    await Promise.all([seen.until(isLine('ready', 'n1')), seen.until(isLine('ready', 'n2'))])
    const name = `gossip-testbed-${runner.runId}`
    t.same((await leftoversOf(engine, runner.runId)).sort(), [`/${name}-n1`, `/${name}-n2`, name, name])
    await Promise.all(handles.map(handle => handle.stop()))
    await runner.close()
    t.same(await leftoversOf(engine, runner.runId), [])
  })
})

function startTwo(runner: Runner, observe: (observation: NodeObservation) => void): NodeHandle[] {
  return ['n1', 'n2'].map((node, index) => runner.start({ node, run: 1, index, args: ['--name', node] }, observe))
}
