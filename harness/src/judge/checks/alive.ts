/** Alive: no node ends unless it was told to, or a fault hit it. */
import type { Exit, Network } from '../../history/network.ts'
import { printable } from '../../printable.ts'
import { seconds } from '../wording.ts'
import { type CheckResult, resultOf } from './check.ts'

export function alive(network: Network): CheckResult {
  const violations = network.breaches.deaths.map(({ node, exit }) => {
    const lastWords = exit?.stderrTail.findLast(line => line.trim() !== '')
    const said =
      lastWords === undefined ? ', and wrote nothing to stderr' : `; last stderr line: ${printable(lastWords, 100)}`
    return {
      check: 'alive' as const,
      node,
      message: `${node} ${howItEnded(exit!)} after ${seconds(exit!.atMs)}${said}`
    }
  })
  return resultOf('alive', violations)
}

export function howItEnded({ code, signal }: Exit): string {
  if (signal !== null) return `was killed by ${printable(signal, 32)}`
  return code === 0 ? 'ended by itself (exit code 0)' : `died with exit code ${code ?? 'unknown'}`
}
