/** The outcome in one sentence: what a reader who reads nothing else should know. */

import type { Network } from '../history/network.ts'
import type { CheckResult } from '../judge/checks/check.ts'
import type { CheckName, Verdict } from '../judge/verdict.ts'
import { count, nameList, seconds } from '../judge/wording.ts'

/** Stands on its own; names and figures only, nothing that a node wrote. */
export function headline(network: Network, verdict: Verdict, checks: readonly CheckResult[]): string {
  const after = `after ${seconds(network.ended?.atMs ?? network.nowMs)}`
  switch (verdict.outcome) {
    case 'pass':
      if ((network.started?.plan?.steps.length ?? 0) > 0) {
        const since = seconds(network.fullSinceMs ?? network.nowMs)
        return `every book of ${count(network.live.size, 'node')} is right since ${since}, whatever was done to them`
      }
      return `${count(network.live.size, 'node')} found each other in ${seconds(network.fullSinceMs ?? network.nowMs)}`
    case 'fail': {
      const failed = checks.filter(({ status }) => status === 'fail')
      return `${failed.map(result => phrases[result.check](result, network)).join(', ')}, ${after}`
    }
    case 'unknown':
      return `${verdict.reasons.length === 1 ? 'one thing' : `${verdict.reasons.length} things`} could not be told, ${after}`
  }
}

const phrases: Record<CheckName, (result: CheckResult, network: Network) => string> = {
  contract: ({ violations }) => `${count(violations.length, 'breach', 'breaches')} of the contract`,
  alive: (_, network) => `${nameList(network.breaches.deaths.map(run => run.node))} died`,
  complete: ({ violations }) => `${count(violations.length, 'listing')} missing`,
  accurate: ({ violations }) => count(violations.length, 'false or dropped listing'),
  equal: ({ violations }) => count(violations.length, 'listing with wrong values', 'listings with wrong values'),
  monotone: ({ violations }) => `${count(violations.length, 'version')} went back`,
  honest: ({ violations }) =>
    count(violations.length, 'contradiction between book and events', 'contradictions between books and events'),
  stable: () => 'not settled'
}
