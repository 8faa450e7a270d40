/** From the history of a run to what it says. */
import type { History } from '../history/history.ts'
import { type Network, networkOf } from '../history/network.ts'
import { accurate } from './checks/accurate.ts'
import { alive } from './checks/alive.ts'
import type { CheckResult } from './checks/check.ts'
import { complete } from './checks/complete.ts'
import { contract } from './checks/contract.ts'
import { equal } from './checks/equal.ts'
import { honest } from './checks/honest.ts'
import { monotone } from './checks/monotone.ts'
import { stable } from './checks/stable.ts'
import type { Verdict } from './verdict.ts'

/** The verdict of a complete history; never throws. A violation outweighs what is unknown, and only what is known passes. */
export function judge(history: History): Verdict {
  return verdictOf(checksOf(networkOf(history)))
}

/** Every check in the order of the reports. */
export function checksOf(network: Network): CheckResult[] {
  const results = [contract, alive, complete, accurate, equal, monotone, honest].map(check => check(network))
  const othersPass = results.every(({ status }) => status === 'pass')
  return [...results, stable(network, othersPass)].map(result => (wasSeen(network) ? result : unseen(result)))
}

function verdictOf(results: CheckResult[]): Verdict {
  const violations = results.flatMap(result => result.violations)
  if (violations.length > 0) return { outcome: 'fail', violations }
  if (results.every(({ status }) => status === 'pass')) return { outcome: 'pass' }
  return { outcome: 'unknown', reasons: results.flatMap(result => result.reasons) }
}

function wasSeen(network: Network): boolean {
  return [...network.nodes.values()].flat().some(run => run.ready !== undefined)
}

/** Where no node was ever there, nothing was broken, and nothing was shown either. */
function unseen(result: CheckResult): CheckResult {
  return result.status === 'pass' ? { ...result, status: 'unknown' } : result
}
