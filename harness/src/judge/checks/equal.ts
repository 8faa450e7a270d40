/** Equal: epoch, name and addresses in every book are what their subject said of itself. */
import { sameAddrs } from '../../history/agreement.ts'
import { heldBook, liveRuns, type Network, type NodeRun, type Said } from '../../history/network.ts'
import { printable } from '../../printable.ts'
import type { Violation } from '../verdict.ts'
import { count } from '../wording.ts'
import { type CheckResult, eventually, resultOf } from './check.ts'

export function equal(network: Network): CheckResult {
  const violations = liveRuns(network).flatMap(observer => differencesIn(network, observer))
  const lacking = eventually(network, violations, `${count(violations.length, 'value')} not as the node itself says`)
  return resultOf('equal', lacking.violations, lacking.reasons)
}

function differencesIn(network: Network, observer: NodeRun): Violation[] {
  const violations: Violation[] = []
  for (const [peerId, listed] of heldBook(observer)) {
    const subject = network.owners.get(peerId)
    if (subject === undefined || subject === observer || !network.live.has(subject)) continue
    const differences = differencesBetween(listed, subject)
    if (differences.length === 0) continue
    violations.push({
      check: 'equal',
      node: observer.node,
      subject: subject.node,
      message: `${observer.node} lists ${subject.node} with ${differences.join(', and with ')}`
    })
  }
  return violations
}

function differencesBetween(listed: Said, { ready }: NodeRun): string[] {
  const said = { ...ready!, epoch: ready!.epoch ?? 0 }
  const differences: string[] = []
  if (listed.epoch !== said.epoch) differences.push(`epoch ${listed.epoch} instead of ${said.epoch}`)
  if (listed.name !== said.node) differences.push(`name ${quoted(listed.name)} instead of ${quoted(said.node)}`)
  if (!sameAddrs(listed.addrs, said.addrs)) {
    differences.push(`addresses ${addrList(listed.addrs)} instead of ${addrList(said.addrs)}`)
  }
  return differences
}

function quoted(text: string): string {
  return `'${printable(text, 64)}'`
}

function addrList(addrs: readonly string[]): string {
  if (addrs.length === 0) return 'none'
  const shown = [...addrs]
    .sort()
    .slice(0, 2)
    .map(addr => printable(addr, 80))
  return addrs.length > 2 ? `${shown.join(' ')} and ${addrs.length - 2} more` : shown.join(' ')
}
