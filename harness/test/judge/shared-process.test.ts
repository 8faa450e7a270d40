import t from 'tap'
import type { NodeName } from '../../src/contract.ts'
import { judge } from '../../src/judge/judge.ts'
import { judged } from '../../src/reports/judged.ts'
import { headline } from '../../src/reports/words/headline.ts'
import { converged, type HistoryBuilder } from '../toolkit/history-builder.ts'

const nodes = ['n1', 'n2', 'n3', 'n4']

/** These nodes end with the process that they share. */
function endTogether(history: HistoryBuilder, names: readonly NodeName[], culprit?: NodeName): HistoryBuilder {
  for (const node of names) {
    const stderrTail = node === culprit ? ['Error: boom'] : []
    const process = { pid: 7, ...(culprit !== undefined && { culprit }) }
    const how = culprit === undefined ? { code: null, signal: 'SIGKILL' } : { code: 1, signal: null }
    history.observed({ type: 'exited', node, run: 1, ...how, stderrTail, process })
  }
  return history
}

t.test('a crash of a shared process is one finding, at the node whose code threw', async t => {
  const history = endTogether(converged(nodes).at(3_000), ['n1', 'n2', 'n3'], 'n2').ended('decided')
  const { findings, outcome } = judge(history)
  t.equal(outcome, 'fail')
  t.equal(findings.length, 1)
  t.match(findings[0], {
    rule: 'alive',
    node: 'n2',
    message:
      /^n2 died with exit code 1 at 3\.00 s; last stderr line: Error: boom; it took n1, n3 along, which shared its process$/,
    cause: { code: 'crashed', confidence: 'likely' }
  })
  const along = findings[0]!.consequences.filter(({ rule }) => rule === 'alive')
  t.same(
    along.map(({ node, message }) => [node, message]),
    ['n1', 'n3'].map(node => [node, `${node} ended with the process that it shared`])
  )
  t.match(headline(judged(history)), /^n2 died .* it took n1, n3 along/)
})

t.test('where nobody can tell whose code ended the process, no node is blamed', async t => {
  const history = endTogether(converged(nodes).at(3_000), ['n1', 'n2', 'n3']).ended('decided')
  const { findings } = judge(history)
  t.equal(findings.length, 1)
  const message =
    /^the process that n1-n3 shared was killed by SIGKILL at 3\.00 s.*; which of them did it cannot be told$/
  t.match(findings[0], { rule: 'alive', cause: { code: 'crashed', confidence: 'cannot-tell' }, message })
  t.match(headline(judged(history)), message)
})

t.test('a node that throws after its end is named all the same', async t => {
  const history = endTogether(converged(nodes).at(3_000), ['n1', 'n3'], 'n2').ended('decided')
  const { findings } = judge(history)
  t.match(findings, [
    { node: 'n2', message: /^n2 threw after its end, and took n1, n3 along, which shared its process: n1 died/ }
  ])
  t.equal(findings.length, 1)
  t.match(headline(judged(history)), /^n2 threw after its end/)
})

t.test('a process with one node left in it is told as any other', async t => {
  const { findings } = judge(endTogether(converged(nodes).at(3_000), ['n3']).ended('decided'))
  t.match(findings, [{ node: 'n3', message: /^n3 was killed by SIGKILL at 3\.00 s/, cause: { confidence: 'shown' } }])
})

t.test('processes that end at the same time are told one by one', async t => {
  const history = converged(nodes).at(3_000)
  const { findings } = judge(endTogether(history.exited('n4', { code: 9 }), ['n1', 'n2'], 'n1').ended('decided'))
  t.same(findings.map(({ node }) => node).sort(), ['n1', 'n4'])
})

t.test('what others still list of the nodes that went along follows from the crash', async t => {
  const history = endTogether(converged(nodes).at(3_000), ['n1', 'n2', 'n3'], 'n2').at(9_000).dumped('n4')
  const { findings } = judge(history.ended('deadline'))
  t.equal(findings.length, 1)
  const ghosts = findings[0]!.consequences.filter(({ rule }) => rule === 'ghosts')
  t.ok(ghosts.some(({ subject }) => subject === 'n1'))
})

t.test('a shared process that breaks when its nodes are told to end is one finding', async t => {
  const history = converged(nodes)
  history.at(4_000).ended('settled')
  for (const node of nodes) history.stopRequested(node)
  const { findings } = judge(endTogether(history, nodes, 'n3').observed({ type: 'run-closed', leftovers: [] }).events)
  t.match(findings, [
    {
      rule: 'exit-code',
      node: 'n3',
      message: /^n3 ended with exit code 1 when it was told to end.*; it took n1, n2, n4 along/
    }
  ])
  t.equal(findings.length, 1)
})
