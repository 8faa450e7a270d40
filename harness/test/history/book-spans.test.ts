import fc from 'fast-check'
import t from 'tap'
import { bookSpansOf } from '../../src/history/book-spans.ts'
import { createNetwork, observe } from '../../src/history/network.ts'
import { historyOf } from '../toolkit/history-builder.ts'

const abc = ['a', 'b', 'c']

t.test('a book is right from its last listing until one is lost, and again when it is back', async t => {
  const history = historyOf(abc)
    .started(...abc)
    .at(100)
    .everybodyMeets()
    .at(500)
    .expired('a', 'b')
    .at(700)
    .joined('a', 'b')
    .at(900)
    .ended('deadline')
  const spans = bookSpansOf(history)
  t.equal(spans.get('a')?.[0]?.length, 2)
  t.equal(spans.get('a')?.[0]?.[0]?.[1], 500)
  t.same(spans.get('a')?.[0]?.[1], [700, 900])
  t.equal(spans.get('b')?.[0]?.length, 1, 'another book is none the worse')
  t.equal(spans.get('b')?.[0]?.[0]?.[1], 900)
})

t.test('a book that still lists a dead node is not right', async t => {
  const history = historyOf(['a', 'b', 'c'])
    .started(...abc)
    .at(100)
    .everybodyMeets()
    .at(500)
    .stopRequested('c')
    .exited('c')
    .at(800)
    .expired('a', 'c')
    .at(900)
    .ended('deadline')
  const spans = bookSpansOf(history)
  t.same(spans.get('a')?.[0]?.at(-1), [800, 900])
  t.equal(spans.get('b')?.[0]?.at(-1)?.[1], 500, 'b never dropped it')
  t.equal(spans.get('c')?.[0]?.at(-1)?.[1], 500, 'the book of a dead node is no book')
})

t.test('a node that met nobody has no such time', async t => {
  t.same(bookSpansOf(historyOf(abc).started('a').at(700).ended('deadline')).get('a'), [[]])
})

t.test('all books are right at once exactly while the network is full', async t => {
  const step = fc.record({ by: fc.constantFrom(...abc), of: fc.constantFrom(...abc), joins: fc.boolean() })
  const property = fc.property(fc.array(step, { maxLength: 60 }), steps => {
    const builder = historyOf(abc).started(...abc)
    const listed = new Set<string>()
    for (const { by, of, joins } of steps) {
      const pair = `${by}>${of}`
      if (by === of || joins === listed.has(pair)) continue
      if (joins) builder.joined(by, of)
      else builder.expired(by, of)
      if (joins) listed.add(pair)
      else listed.delete(pair)
    }
    const history = builder.ended('deadline')
    const spans = [...bookSpansOf(history).values()].map(runs => runs[0] ?? [])
    const network = createNetwork()
    for (const event of history) {
      observe(network, event)
      const isEach = spans.every(each => each.some(([from, to]) => from <= event.atMs && event.atMs < to))
      // At the last event the network is still as it is, and the spans have ended.
      if (network.ended === undefined && isEach !== (network.fullSinceMs !== undefined)) return false
    }
    return true
  })
  t.doesNotThrow(() => fc.assert(property))
})
