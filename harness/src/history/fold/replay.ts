/** What an event changes in the network that it is observed of. */

import type { NodeName } from '../../contract.ts'
import type { HistoryEvent } from '../history.ts'
import type { Exit, Network, NodeRun } from '../observed.ts'
import { endAgreement } from './agreement.ts'
import { breach } from './breaches.ts'
import { replayLine } from './replay-lines.ts'
import { faultHealed, faultInjected, faultProved, leaves, stepChanged } from './replay-plan.ts'
import { runOf, runsOf } from './runs.ts'

export function replay(network: Network, event: HistoryEvent): void {
  const { atMs } = event
  switch (event.type) {
    case 'run-started':
      started(network, event)
      break
    case 'step':
      stepChanged(network, event)
      break
    case 'fault-injected':
      faultInjected(network, event)
      break
    case 'fault-healed':
      faultHealed(network, event)
      break
    case 'fault-proof':
      faultProved(network, event)
      break
    case 'harness-lagged':
      network.lags.push({ atMs, lagMs: event.lagMs })
      break
    case 'host-pressed':
      network.pressures.push({ ...event, fromMs: atMs - event.forMs, toMs: atMs })
      break
    case 'run-ended':
      network.ended = { atMs, reason: event.reason }
      break
    case 'counts':
      network.counts = event
      break
    case 'steadiness':
      network.steadiness = event
      break
    case 'received':
      network.received.set(event.node, { bytes: event.bytes, line: network.line })
      break
    case 'violation':
      witnessed(network, event)
      break
    case 'run-closed':
      break
    default:
      // A digest has single lines, which show a violation: they make no book.
      if (event.type === 'line' && network.started?.digest !== undefined) break
      replayRun(network, runOf(network, event.node, event.run), event)
  }
}

export function exitOf(network: Network, event: Extract<HistoryEvent, { type: 'exited' }>, expected: boolean): Exit {
  const { atMs, code, signal, stderrTail, toldLateMs = 0, process } = event
  return { atMs, line: network.line, code, signal, stderrTail, toldLateMs, expected, ...(process && { process }) }
}

function started(network: Network, event: Extract<HistoryEvent, { type: 'run-started' }>): void {
  network.started = event
  for (const node of event.nodes) runsOf(network, node)
  for (const { name, startsAtOnce } of event.plan?.nodes ?? []) if (!startsAtOnce) network.later.add(name)
  for (const step of event.plan?.steps ?? []) network.plannedSteps.set(step.id, step)
}

function witnessed(network: Network, event: Extract<HistoryEvent, { type: 'violation' }>): void {
  const { rule, message, subject } = event
  const about = subject === undefined ? {} : { subject }
  breach(network, network.breaches.witnessed, { run: runOf(network, event.node, event.run), rule, message, ...about })
}

type RunEvent = Exclude<Extract<HistoryEvent, { run: number }>, { type: 'violation' }> & { node: NodeName }

function replayRun(network: Network, run: NodeRun, event: RunEvent): void {
  switch (event.type) {
    case 'spawned':
      run.spawnedAtMs = event.atMs
      if (event.place !== undefined) run.machineAheadMs = event.place.clockAheadMs
      run.lines.spawned = network.line
      network.later.delete(run.node)
      network.returning.delete(run.node)
      network.doomed.delete(run.node)
      break
    case 'spawn-failed':
      run.spawnFailure = event.reason
      run.lines.spawned = network.line
      break
    case 'line':
      wroteLine(network, run)
      replayLine(network, run, event.line)
      break
    case 'finding':
      wroteLine(network, run)
      breach(network, network.breaches.findings, { run, finding: event.finding })
      break
    case 'probe':
      run.probes.push({ addr: event.addr, result: event.result, atMs: event.atMs, line: network.line })
      break
    case 'usage':
      run.usages.push({ atMs: event.atMs, line: network.line, cpuMs: event.cpuMs })
      break
    case 'dump-requested':
      run.dumpRequested = true
      run.dumpRequestedAtMs = event.atMs
      run.lines.dumpRequested = network.line
      run.dump = undefined
      break
    case 'runner-failed':
      run.runnerFailure = event.why
      endAgreement(network, run)
      break
    case 'leave-requested':
      leaves(network, run)
      break
    case 'stop-requested':
      run.stopRequestedAtMs ??= event.atMs
      run.stopSignal ??= event.signal
      endAgreement(network, run)
      break
    case 'exited':
      exited(network, run, event)
  }
}

function wroteLine(network: Network, run: NodeRun): void {
  run.linesWritten += 1
  run.lastLineAtMs = network.nowMs
  run.lines.last = network.line
}

function exited(network: Network, run: NodeRun, event: Extract<RunEvent, { type: 'exited' }>): void {
  const { node } = run
  const isKilled = [...network.faults.values()].some(fault => fault.nodes.includes(node) && canKill(fault.fault?.type))
  const wasTold =
    run.stopRequestedAtMs !== undefined || run.leavingAtMs !== undefined || run.runnerFailure !== undefined
  const expected = wasTold || isKilled || network.doomed.has(node)
  run.exit = exitOf(network, event, expected)
  endAgreement(network, run)
  if (run.exit.expected) return
  network.breachCount += 1
  network.breaches.deaths.push({ run, atMs: event.atMs, line: network.line })
}

/** In a run without a plan nobody knows what its faults do. */
function canKill(type: string | undefined): boolean {
  return type === undefined || type === 'kill' || type === 'power-off'
}
