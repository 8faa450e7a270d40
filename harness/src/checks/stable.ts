/** Stable: all other checks held together, without a break, for the settle time before the run ended. */
import { holds, type Network } from '../network.ts'
import { seconds } from '../wording.ts'
import { type CheckResult, eventually, lagText, resultOf } from './check.ts'

export function stable(network: Network, othersPass: boolean): CheckResult {
  const reasons = abortReasons(network)
  if (reasons.length > 0) return resultOf('stable', [], reasons)
  // The other checks say what does not hold; to say it again here would help nobody.
  if (!othersPass) return { check: 'stable', status: 'unknown', violations: [], reasons: [] }
  if (!holds(network))
    return resultOf('stable', [], ['the books did not all agree in the end, by the events of the nodes'])
  return settled(network, network.ended!.atMs - network.fullSinceMs!)
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
  if (heldMs < settleMs) {
    const message = `all checks held for ${seconds(heldMs)} before the run ended, not for the settle time of ${seconds(settleMs)}`
    const lacking = eventually(network, [{ check: 'stable', message }], message)
    return resultOf('stable', lacking.violations, lacking.reasons)
  }
  const lags = network.lags.filter(lag => lag.atMs > network.fullSinceMs!)
  if (lags.length === 0) return resultOf('stable', [])
  return resultOf('stable', [], [`${lagText(lags)} within the settle time: run again on a host with less to do`])
}
