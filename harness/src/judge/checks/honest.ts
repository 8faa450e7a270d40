/** Honest: the events of a node, replayed, give the book that it dumps. */
import { liveRuns, type Network } from '../../history/network.ts'
import { nameList, peerName, seconds } from '../wording.ts'
import { type CheckResult, resultOf } from './check.ts'

export function honest(network: Network): CheckResult {
  const violations = network.breaches.discrepancies.map(({ run, peerId, what, atMs }) => ({
    check: 'honest' as const,
    node: run.node,
    message: `${run.node} about ${peerName(network, peerId)}: ${what} (${seconds(atMs)})`
  }))
  const unanswered = liveRuns(network).filter(run => run.dump === undefined)
  const silent = unanswered.filter(run => run.dumpRequested).map(run => run.node)
  const unasked = unanswered.filter(run => !run.dumpRequested).map(run => run.node)
  return resultOf('honest', violations, [
    ...(silent.length > 0
      ? [`${nameList(silent)} did not answer \`dump\` with the final book: it hangs, or does not read stdin`]
      : []),
    ...(unasked.length > 0
      ? [`of ${nameList(unasked)} no final book is known: its last events were not followed by a \`book\` line`]
      : [])
  ])
}
