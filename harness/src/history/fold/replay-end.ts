/** What is told after `run-ended`: how each process ends, what it still writes, and what it leaves behind. */

import type { HistoryEvent } from '../history.ts'
import type { Network } from '../observed.ts'
import { breach } from './breaches.ts'
import { exitOf } from './replay.ts'
import { runOf } from './runs.ts'

export function replayEnd(network: Network, event: HistoryEvent): void {
  switch (event.type) {
    case 'stop-requested':
      runOf(network, event.node, event.run).takingDown.stopRequestedAtMs ??= event.atMs
      break
    case 'exited': {
      const { takingDown } = runOf(network, event.node, event.run)
      takingDown.exit = exitOf(network, event, takingDown.stopRequestedAtMs !== undefined)
      break
    }
    case 'finding': {
      const run = runOf(network, event.node, event.run)
      breach(network, network.breaches.findings, { run, finding: event.finding })
      break
    }
    case 'harness-lagged':
      network.lags.push({ atMs: event.atMs, lagMs: event.lagMs })
      break
    case 'host-pressed':
      network.pressures.push({ ...event, fromMs: event.atMs - event.forMs, toMs: event.atMs })
      break
    case 'run-closed':
      network.closed = { atMs: event.atMs, line: network.line, leftovers: event.leftovers }
  }
}
