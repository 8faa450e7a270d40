/** Monotone: (epoch, seq) of a peer never goes back in any book, and a restarted node has a greater epoch. */
import type { Network, Version } from '../../history/network.ts'
import { peerName, seconds } from '../wording.ts'
import { type CheckResult, resultOf } from './check.ts'

export function monotone(network: Network): CheckResult {
  const violations = network.breaches.regressions.map(({ run, peerId, from, to, gone, atMs }) => {
    const what = `${run.node} went back from ${versionText(from)} to ${versionText(to)}`
    const back = `${run.node} lists ${peerName(network, peerId)} again with ${versionText(to)}, ${gone} at ${versionText(from)}`
    const message = gone === undefined ? `${what} of ${peerName(network, peerId)}` : back
    return { check: 'monotone' as const, node: run.node, message: `${message}, at ${seconds(atMs)}` }
  })
  return resultOf('monotone', violations)
}

function versionText({ epoch, seq }: Version): string {
  return `epoch ${epoch} seq ${seq}`
}
