/** Complete: every live node lists every live node. */
import type { NodeName } from '../../history/history.ts'
import { currentRuns, liveRuns, type Network } from '../../history/network.ts'
import { printable } from '../../printable.ts'
import { type MissingCell, missingCells } from '../missing.ts'
import type { Violation } from '../verdict.ts'
import { count, nameList, seconds } from '../wording.ts'
import { type CheckResult, eventually, resultOf } from './check.ts'

export function complete(network: Network): CheckResult {
  // A node that was never there is not missed: what it would have done cannot be told.
  const cells = missingCells(network).filter(cell => !isAbsent(cell))
  const lacking = eventually(network, cells.map(violationOf), `${count(cells.length, 'listing')} missing`)
  return resultOf('complete', lacking.violations, [...absenceReasons(network), ...lacking.reasons])
}

function isAbsent({ cause }: MissingCell): boolean {
  return cause === 'never started' || cause === 'never ready'
}

function violationOf({ observer, subject, cause, detail }: MissingCell): Violation {
  const why = detail === undefined ? cause : `${cause} (${detail})`
  return { check: 'complete', node: observer, subject, cause, message: `${observer} does not list ${subject}: ${why}` }
}

function absenceReasons(network: Network): string[] {
  const reasons: string[] = []
  const failed = currentRuns(network).filter(run => run?.spawnFailure !== undefined)
  for (const [failure, runs] of Map.groupBy(failed, run => run!.spawnFailure!)) {
    reasons.push(`${nameList(runs.map(run => run!.node))} could not be started: ${printable(failure, 300)}`)
  }
  const notStarted = namesWhere(network, run => run === undefined)
  if (notStarted.length > 0)
    reasons.push(`${nameList(notStarted)} never started before the run ended after ${seconds(network.nowMs)}`)
  const unready = namesWhere(network, run => {
    return run !== undefined && run.spawnFailure === undefined && run.ready === undefined && run.exit === undefined
  })
  if (unready.length > 0) {
    const within = seconds(network.nowMs)
    reasons.push(`${nameList(unready)} never said ready within ${within}: its log may say why`)
  }
  if (network.live.size < 2) {
    const only = liveRuns(network).map(run => run.node)
    reasons.push(
      only.length === 0 ? 'no node was ready in the end' : `only ${only[0]} was ready in the end: it has nobody to list`
    )
  }
  return reasons
}

function namesWhere(network: Network, holds: (run: ReturnType<typeof currentRuns>[number]) => boolean): NodeName[] {
  return [...network.nodes].filter(([, runs]) => holds(runs.at(-1))).map(([node]) => node)
}
