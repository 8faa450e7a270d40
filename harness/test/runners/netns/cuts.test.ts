import { type Test, test } from 'tap'
import { createCuts } from '../../../src/runners/netns/cuts.ts'
import { openHub } from '../../../src/runners/netns/hub.ts'
import { findTools } from '../../../src/runners/netns/tools.ts'
import { noNamespaces } from './namespaces.ts'

const skip = await noNamespaces()

test('rules that somebody took away are a mismatch, and so are rules that are still there after the undo', {
  skip
}, async t => {
  const { hub, cuts } = await setUp(t)
  const cut = await cuts.inject({ type: 'partition', groups: [['n1']] })
  const rules = await hub.run('nft', ['list', 'table', 'bridge', 'cut1'])
  await hub.run('nft', ['delete', 'table', 'bridge', 'cut1'])
  t.match(await cut.prove(), {
    result: 'mismatch',
    seen: 'the rules that cut n1 | all others are no longer in force'
  })

  const other = await cuts.inject({ type: 'partition', groups: [['n1']] })
  await other.undo()
  await hub.run('nft', ['-f', '-'], rules.replace('cut1', 'cut2'))
  t.match(await other.prove(), { result: 'mismatch', seen: /still in force/ })
})

test('healing one cut leaves the others as they are', { skip }, async t => {
  const { hub, cuts } = await setUp(t)
  const first = await cuts.inject({ type: 'one-way', nodes: ['n1'], direction: 'inbound' })
  const alone = await hub.run('nft', ['list', 'ruleset'])
  const second = await cuts.inject({ type: 'partition', groups: [['n1'], ['n2', 'n3']] })
  await second.undo()
  t.equal(await hub.run('nft', ['list', 'ruleset']), alone)
  await first.undo()
  t.equal(await hub.run('nft', ['list', 'ruleset']), '')
})

test('nftables that cannot be asked is inconclusive', { skip }, async t => {
  const { hub, cuts } = await setUp(t)
  const cut = await cuts.inject({ type: 'partition', groups: [['n1']] })
  await hub.close()
  t.match(await cut.prove(), { result: 'inconclusive', seen: /^nftables could not be asked: / })
  await t.rejects(cut.undo())
})
async function setUp(t: Test) {
  const hub = await openHub(findTools())
  t.teardown(() => hub.close())
  return { hub, cuts: createCuts(hub, node => Number(node.slice(1)) - 1) }
}
