/** Runs agents of serf, and tells of them as of any node: their logs, turned into lines of the contract. */
import { createInterface } from 'node:readline'
import { execa } from 'execa'
import { createProcessFaults } from '../src/faults/process-faults.ts'
import { type Guardian, startGuardian } from '../src/runners/guardian.ts'
import { markOf, markPrefix, newRunId } from '../src/runners/processes/mark.ts'
import { OwnedProcesses } from '../src/runners/processes/owned.ts'
import type { NodeHandle, NodeObservation, NodeSpec, Runner } from '../src/runners/runner.ts'
import { nodeLineOf } from './serf-log.ts'

export const SERF_RPC_PORT = 7373

const SERF_PORT = 7946

export function createSerfRunner(path: string): Runner {
  const runId = newRunId()
  const processes = new OwnedProcesses(runId)
  const pids = new Set<number>()
  let guardian: Guardian | undefined
  return {
    faults: createProcessFaults(processes),
    reap: () => processes.reap(),
    start(spec, observe) {
      guardian ??= startGuardian(markPrefix(runId))
      const { guard } = guardian
      return startAgent({ path, env: markOf(runId, spec.node, spec.run) }, spec, observe, {
        began: pid => guard(pids.add(pid)),
        ended: pid => {
          pids.delete(pid)
          guard(pids)
        }
      })
    },
    async close() {
      await guardian?.close()
    }
  }
}

function startAgent(
  { path, env }: { path: string; env: Record<string, string> },
  spec: NodeSpec,
  observe: (observation: NodeObservation) => void,
  processGroup: { began(pid: number): void; ended(pid: number): void }
): NodeHandle {
  const { node, run, index } = spec
  const ip = ipOf(index)
  const addrs = [`-bind=${ip}:${SERF_PORT}`, `-rpc-addr=${ip}:${SERF_RPC_PORT}`]
  const agent = execa(path, ['agent', ...addrs, ...spec.args], {
    // A process group of its own: Ctrl-C in the terminal must not reach it before the bench does.
    detached: true,
    env,
    stdin: 'ignore',
    stdout: 'pipe',
    stderr: 'ignore',
    buffer: false,
    reject: false
  })
  const { pid } = agent
  if (pid !== undefined) {
    processGroup.began(pid)
    observe({ type: 'spawned', node, run, pid })
  }
  let lineNumber = 0
  createInterface({ input: agent.stdout }).on('line', text => {
    const line = nodeLineOf(text, { node, ip }, ++lineNumber)
    if (line !== undefined) observe({ type: 'line', node, run, line })
  })
  const ended = agent.then(({ exitCode, signal, shortMessage = '' }) => {
    if (pid === undefined) return observe({ type: 'spawn-failed', node, run, reason: shortMessage })
    processGroup.ended(pid)
    observe({ type: 'exited', node, run, code: exitCode ?? null, signal: signal ?? null, stderrTail: [] })
  })
  const kill = (signal: NodeJS.Signals) => void agent.kill(signal)
  return {
    clockOffsetMs: undefined,
    ended,
    signal: kill,
    async stop() {
      kill('SIGKILL')
      await ended
    },
    // An agent has no stdin that it reads.
    send() {},
    disconnect() {}
  }
}

/** Not those of our nodes, which may be running beside it. */
function ipOf(index: number): string {
  return `127.2.${1 + Math.floor(index / 250)}.${1 + (index % 250)}`
}
