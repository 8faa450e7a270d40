/** What the harness observes for itself while a network runs: its host, what the processes of nodes use, and who listens. */
import type { NodeName } from '../../contract.ts'
import type { Observation } from '../../history/history.ts'
import type { Runner } from '../../runners/runner.ts'
import { watchPressure } from './pressure.ts'

const USAGE_INTERVAL_MS = 1_000

const LAG_INTERVAL_MS = 100

/** Below this the harness is busy; above it, what it sees comes noticeably late. */
const MIN_LAG_MS = 500

export interface Evidence {
  /** A process said ready: somebody is to listen at one of these addresses. Looked at once a process. */
  ready(node: NodeName, run: number, addrs: readonly string[]): void
  /** What is being looked at is seen, and what was used until now; afterwards only the host is watched. */
  end(): Promise<void>
  /** Nothing is added afterwards. */
  close(): void
}

export function collectEvidence(
  runner: Pick<Runner, 'probe' | 'usages'>,
  add: (observation: Observation) => void
): Evidence {
  const probes = new Map<string, Promise<void>>()
  const addUsages = () => runner.usages?.().forEach(add)
  const lag = watchLag(lagMs => add({ type: 'harness-lagged', lagMs }))
  const pressure = watchPressure(add)
  const timer = setInterval(addUsages, USAGE_INTERVAL_MS)
  return {
    ready(node, run, addrs) {
      const process = `${node} ${run}`
      if (runner.probe === undefined || probes.has(process)) return
      const probe = runner.probe(node, addrs)
      probes.set(
        process,
        probe.then(result => add({ type: 'probe', node, run, ...result }))
      )
    },
    async end() {
      clearInterval(timer)
      await Promise.all(probes.values())
      addUsages()
    },
    close() {
      for (const watch of [lag, pressure]) watch.stop()
    }
  }
}

/** Tells how late the event loop of this process was, each time that it was late by 500 ms or more. */
function watchLag(onLag: (lagMs: number) => void): { stop(): void } {
  let dueMs = performance.now() + LAG_INTERVAL_MS
  const timer = setInterval(() => {
    const lagMs = Math.round(performance.now() - dueMs)
    dueMs = performance.now() + LAG_INTERVAL_MS
    if (lagMs >= MIN_LAG_MS) onLag(lagMs)
  }, LAG_INTERVAL_MS)
  return { stop: () => clearInterval(timer) }
}
