/** On what was measured. */
import { loadavg } from 'node:os'
import { hostHere, hostText } from '../src/sweep/host.ts'
import type { Machine, Results } from './results.ts'

export function machineNow(): Machine {
  return { ...hostHere(), loadAverage: loadavg()[0]! }
}

/** What makes figures larger than they are. */
export function notesOf({ loadAverage, cores }: Machine): string[] {
  if (loadAverage <= cores / 2) return []
  return [`the host was busy before the bench began (load average ${loadAverage.toFixed(1)}): figures are inflated`]
}

/** In one sentence. */
export function machineText({ machine, startedAt, runs, quick }: Results): string {
  const { serf, loadAverage } = machine
  const where = [hostText(machine), ...(serf === undefined ? [] : [serf])].join(', ')
  const times = quick ? 'measured for a quick look only' : `${runs} run${runs === 1 ? '' : 's'}`
  return `${where}; ` + `${startedAt.slice(0, 10)}, ${times}, load average before it ${loadAverage.toFixed(1)}.`
}
