/** What every check gives: whether it holds, what breaks it, and what could not be told. */
import type { Network } from '../../history/network.ts'
import type { CheckName, Violation } from '../verdict.ts'
import { seconds } from '../wording.ts'

export interface CheckResult {
  check: CheckName
  status: 'pass' | 'fail' | 'unknown'
  violations: Violation[]
  /** What could not be told, and what to do about it. */
  reasons: string[]
}

/** Said of a check that is unknown without a reason of its own. */
export const NOT_JUDGED = 'not judged, because the other checks do not all hold'

/** A violation is one, whatever else is unknown; nothing passes that is not known. */
export function resultOf(check: CheckName, violations: Violation[], reasons: string[] = []): CheckResult {
  const status = violations.length > 0 ? 'fail' : reasons.length > 0 ? 'unknown' : 'pass'
  return { check, status, violations, reasons }
}

/**
 * What is only owed in the end: violated if the run waited for it and the host let it happen, else unknown.
 * `what` says in a few words how much is lacking.
 */
export function eventually(network: Network, violations: Violation[], what: string) {
  if (violations.length === 0) return { violations, reasons: [] }
  const why = excuseOf(network)
  return why === undefined ? { violations, reasons: [] } : { violations: [], reasons: [`${what}, but ${why}`] }
}

function excuseOf({ ended, lags, nowMs }: Network): string | undefined {
  if (ended?.reason === 'decided') return `the run ended early, after ${seconds(nowMs)}, as it could not pass any more`
  if (ended === undefined || ended.reason === 'interrupted') return `the run was cut short after ${seconds(nowMs)}`
  if (lags.length > 0) return `${lagText(lags)}, so the nodes may be: start fewer nodes, or use a host with less to do`
  return undefined
}

export function lagText(lags: Network['lags']): string {
  return `the host was overloaded (the harness itself was up to ${seconds(Math.max(...lags.map(lag => lag.lagMs)))} late)`
}
