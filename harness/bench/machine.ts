/** On what was measured. */
import { availableParallelism, cpus, loadavg, release, totalmem, type } from 'node:os'
import type { Machine, Results } from './results.ts'

export function machineNow(): Machine {
  return {
    cpu: cpus()[0]?.model ?? 'an unknown processor',
    cores: availableParallelism(),
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    system: `${type()} ${release()}`,
    node: process.versions.node,
    loadAverage: loadavg()[0]!
  }
}

/** What makes figures larger than they are. */
export function notesOf({ loadAverage, cores }: Machine): string[] {
  if (loadAverage <= cores / 2) return []
  return [`the host was busy before the bench began (load average ${loadAverage.toFixed(1)}): figures are inflated`]
}

/** In one sentence. */
export function machineText({ machine, startedAt, runs, quick }: Results): string {
  const { cpu, cores, memoryGiB, system, node, serf, loadAverage } = machine
  const programs = [`Node.js ${node}`, ...(serf === undefined ? [] : [serf])].join(', ')
  const times = quick ? 'measured for a quick look only' : `${runs} run${runs === 1 ? '' : 's'}`
  return (
    `${cores} cores (${cpu}), ${memoryGiB} GiB, ${system}, ${programs}; ` +
    `${startedAt.slice(0, 10)}, ${times}, load average before it ${loadAverage.toFixed(1)}.`
  )
}
