import { test } from 'tap'
import { packageOf, selfTimes } from '../../bench/self-times.ts'

test('a function belongs to the innermost package that its file is in', async t => {
  t.equal(packageOf('file:///a/node_modules/@libp2p/yamux/dist/src/muxer.js', 'send'), '@libp2p/yamux')
  t.equal(packageOf('file:///a/node_modules/libp2p/node_modules/it-map/index.js', 'map'), 'it-map')
  t.equal(packageOf('file:///a/lib/src/core/push.ts', 'flush'), 'lib/src/core')
  t.equal(packageOf('node:internal/streams/writable', 'write'), 'node:internal/streams')
  t.equal(packageOf('', '(garbage collector)'), '(garbage collector)')
})

test('a sample lasts until the next one, idle time does not count, and a gap counts as a sample at most', async t => {
  const frame = (functionName: string, url = '') => ({ functionName, url, lineNumber: 9 })
  const { totalMs, byPackage, byFunction } = selfTimes({
    nodes: [
      { id: 1, callFrame: frame('(idle)') },
      { id: 2, callFrame: frame('flush', 'file:///a/lib/src/core/push.ts') },
      { id: 3, callFrame: frame('', 'node:net') }
    ],
    samples: [2, 1, 3, 2, 3],
    timeDeltas: [900, 200, 700, 300, 50_000]
  })
  t.equal(totalMs, 1.5)
  t.same(byPackage, [
    ['lib/src/core', 1.2],
    ['node:net', 0.3]
  ])
  t.same(byFunction, [
    ['flush  lib/src/core push.ts:10', 1.2],
    ['(anonymous)  node:net node:net:10', 0.3]
  ])
})
