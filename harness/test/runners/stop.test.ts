import { syncBuiltinESMExports } from 'node:module'
import { mock } from 'node:test'
import { test } from 'tap'
import { STOP_WITHIN_MS } from '../../src/runners/runner.ts'
import { stopNode } from '../../src/runners/stop.ts'

test('a node that nothing ends is asked, told, killed, and given up in time', async t => {
  mock.timers.enable({ apis: ['setTimeout'] })
  syncBuiltinESMExports()
  t.teardown(() => {
    mock.timers.reset()
    syncBuiltinESMExports()
  })
  const done: string[] = []
  void stopNode({
    ended: new Promise(() => {}),
    send: ({ type }) => done.push(type),
    disconnect: () => done.push('disconnect'),
    signal: signal => done.push(signal)
  }).then(() => done.push('given up'))
  for (let ms = 0; ms < STOP_WITHIN_MS; ms += 10) {
    mock.timers.tick(10)
    await new Promise(resolve => setImmediate(resolve))
  }
  t.same(done, ['stop', 'disconnect', 'SIGTERM', 'SIGKILL', 'given up'])
})
