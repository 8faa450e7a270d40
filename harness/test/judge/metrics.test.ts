import t from 'tap'
import { networkOf } from '../../src/history/network.ts'
import { metricsOf } from '../../src/judge/metrics.ts'
import { nameList } from '../../src/judge/wording.ts'
import { historyOf } from '../toolkit/history-builder.ts'

const abc = ['a', 'b', 'c']

function numbered(size: number): string[] {
  return Array.from({ length: size }, (_, i) => `n${i + 1}`)
}

t.test('the time until a node is listed counts from when both were ready', async t => {
  const history = historyOf(abc)
    .started('a', 'b')
    .at(100)
    .joined('a', 'b')
    .at(500)
    .started('c')
    .joined('a', 'c')
    .at(600)
  const { joinVisibilityMs, nodes, phases } = metricsOf(networkOf(history.joined('c', 'a').joined('b', 'a').events))
  t.match(joinVisibilityMs, { pairs: 4, p50: 96, max: 597 })
  t.same(
    nodes.map(node => node.firstContactMs),
    [100, 601, 600]
  )
  const beat = metricsOf(networkOf(history.at(700).updated('b', 'a', { seq: 9 }).events))
  t.equal(beat.joinVisibilityMs?.max, 597, 'a heartbeat is not the first sight')
  t.match(phases, { readyMs: 501, firstContactMs: 100, booksFullMs: undefined })
})

t.test('books that were full, and then were not, are told apart from books that stayed so', async t => {
  const full = () => historyOf(['a', 'b']).started('a', 'b').at(100).meet('a', 'b')
  const stayed = metricsOf(networkOf(full().at(500).ended('deadline'))).phases
  t.equal(stayed.booksFullMs, stayed.firstFullMs)
  const torn = () => full().at(500).expired('a', 'b')
  t.match(metricsOf(networkOf(torn().ended('deadline'))).phases, {
    firstFullMs: stayed.firstFullMs,
    booksFullMs: undefined
  })
  const healed = metricsOf(networkOf(torn().at(900).joined('a', 'b').ended('deadline'))).phases
  t.match(healed, { firstFullMs: stayed.firstFullMs, booksFullMs: 900 })
})

t.test(
  'a peer that a fault took away and brought back was seen when it was listed first; one that restarted, anew',
  async t => {
    const listed = () => historyOf(['a', 'b']).started('a', 'b').at(100).joined('a', 'b')
    const back = listed().at(500).expired('a', 'b').at(9_000).joined('a', 'b')
    t.ok(metricsOf(networkOf(back.events)).joinVisibilityMs!.max <= 100)
    const again = listed().stopRequested('b').exited('b').at(5_000).spawned('b').ready('b', { epoch: 2_000 }).at(5_300)
    const seen = metricsOf(networkOf(again.updated('a', 'b', { epoch: 2_000, seq: 1 }).events)).joinVisibilityMs!
    t.ok(seen.max > 200 && seen.max <= 300, `${seen.max}`)
  }
)

t.test('a node that never said ready, or met nobody, has no such moments', async t => {
  const { nodes, phases } = metricsOf(networkOf(historyOf(abc).started('a').at(700).spawned('b').events))
  t.same(nodes, [{ node: 'a', readyMs: 1 + 1 }, { node: 'b' }, { node: 'c' }])
  t.same(phases, { endMs: 700 })
})

t.test('names are drawn together by number', async t => {
  t.equal(nameList(['n1', 'n2', 'n3', 'n5', 'n6', 'n9']), 'n1-n3, n5, n6, n9')
  t.equal(nameList(['a', 'b']), 'a, b')
  t.equal(nameList(['n09', 'n10', 'm11']), 'n09, n10, m11')
  t.equal(
    nameList(numbered(60).filter((_, i) => i % 2 === 0)),
    `${numbered(24)
      .filter((_, i) => i % 2 === 0)
      .join(', ')} and 18 more`
  )
})
