/** Contract: every line that a node writes is one of the contract, and none contradicts another. */
import type { Network } from '../../history/network.ts'
import { printable } from '../../printable.ts'
import { type CheckResult, resultOf } from './check.ts'

export function contract(network: Network): CheckResult {
  const findings = network.breaches.findings.map(({ run, finding }) => {
    const text = finding.text === '' ? '' : `: ${printable(finding.text, 80)}`
    return {
      check: 'contract' as const,
      node: run.node,
      message: `${run.node} line ${finding.lineNumber}: ${printable(finding.fault, 300)}${text}`
    }
  })
  const contradictions = network.breaches.contradictions.map(({ run, text, peerId }) => ({
    check: 'contract' as const,
    node: run.node,
    message: `${run.node} ${text}: ${printable(peerId, 64)}`
  }))
  return resultOf('contract', [...findings, ...contradictions])
}
