import { test } from 'tap'
import { settled } from '../../../../scripts/tests/until.ts'
import { createRecorder, isType } from '../../toolkit/recorder.ts'
import { leftoversOf, runnerOf, withEngine } from './engine.ts'

await withEngine(engine => {
  test('a node that is started again finds its key, and is told to listen where it did', async t => {
    const runner = await runnerOf(engine, 'counts-starts.mjs')
    const words = []
    for (const [run, node, key] of [
      [1, 'n1', 'n1-0'],
      [2, 'n1', 'n1-0'],
      [1, 'n2', 'n2-0']
    ] as const) {
      const seen = createRecorder()
      const args = ['--name', node, '--key', `${runner.keysFolder}/${key}`]
      const listen = run === 2 ? { listen: '/ip4/10.1.2.3/tcp/4711' } : {}
      const handle = runner.start({ node, run, index: 3, args, ...listen }, seen.observe)
      await settled(handle.ended, () => seen.observations)
      const exit = seen.observations.find(isType('exited'))
      words.push(exit?.type === 'exited' ? exit.stderrTail[0] : exit)
    }
    await runner.close()
    t.match(words, [/^1 .*\/tcp\/0$/, '2 /ip4/10.1.2.3/tcp/4711', /^1 /])
    t.same(await leftoversOf(engine, runner.runId), [])
  })
})
