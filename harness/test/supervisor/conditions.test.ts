import { test } from 'tap'
import { createNetwork, observe } from '../../src/history/network.ts'
import { watchBooks } from '../../src/supervisor/conditions.ts'
import { converged } from '../toolkit/history-builder.ts'

test('books are not right from a kill until the killed node was seen to end and is in no book', async t => {
  const network = createNetwork()
  const history = converged(['a', 'b', 'c'])
  let seen = 0
  const isRight = () => {
    for (const event of history.events.slice(seen)) observe(network, event)
    seen = history.events.length
    return watchBooks(network, () => [])() !== undefined
  }
  t.ok(isRight())
  const what = { type: 'kill', nodes: ['c'] } as const
  history.at(5_000).observed({ type: 'fault-injected', fault: 's1', nodes: ['c'], what })
  t.notOk(isRight(), 'an engine may tell of its end much later')
  history.at(5_300).exited('c', { signal: 'SIGKILL' })
  t.notOk(isRight(), 'the others list it')
  history.at(5_400).left('a', 'c').left('b', 'c')
  t.ok(isRight())
})
