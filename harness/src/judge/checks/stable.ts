/** Stable: all other checks held together, without a break, for the settle time before the run ended. */
import { heldSinceMs, type Network } from '../../history/network.ts'
import { seconds } from '../wording.ts'
import { type CheckResult, eventually, resultOf } from './check.ts'

/** Times of a history are in whole microseconds: a difference of two may be off by one. */
const ROUNDING_MS = 0.001_5

export function stable(network: Network, othersPass: boolean): CheckResult {
  const reasons = abortReasons(network)
  if (reasons.length > 0) return resultOf('stable', [], reasons)
  // The other checks say what does not hold; to say it again here would help nobody.
  if (!othersPass) return { check: 'stable', status: 'unknown', violations: [], reasons: [] }
  const sinceMs = heldSinceMs(network)
  if (sinceMs === undefined)
    return resultOf('stable', [], ['no moment before the end of the run at which all checks held'])
  return settled(network, network.ended!.atMs - sinceMs)
}

function abortReasons({ started, ended, nowMs }: Network): string[] {
  if (started === undefined) return ['the history does not begin with the start of a run: it is not whole']
  if (ended === undefined) return [`the history breaks off at ${seconds(nowMs)}, before the run ended: it is not whole`]
  if (ended.reason === 'interrupted')
    return [`the run was interrupted after ${seconds(ended.atMs)}: let it run to its end`]
  return []
}

function settled(network: Network, heldMs: number): CheckResult {
  const { settleMs } = network.started!
  if (heldMs >= settleMs - ROUNDING_MS) return resultOf('stable', [])
  const message = `all checks held for ${seconds(heldMs)} before the run ended, not for the settle time of ${seconds(settleMs)}`
  const lacking = eventually(network, [{ check: 'stable', message }], message)
  return resultOf('stable', lacking.violations, lacking.reasons)
}
