/** What the processes of nodes have used, as the system counts it: the same for every program. */
import { readdirSync, readlinkSync } from 'node:fs'
import type { NodeUsage } from '../runner.ts'
import type { OwnedProcesses, ProcessOwner } from './owned.ts'
import type { ProcessStat } from './stat.ts'

/** Of each node that has a process, in sum over its processes; nothing where the system does not tell. */
export function usagesOf(processes: OwnedProcesses): NodeUsage[] {
  const byOwner = new Map<ProcessOwner, ProcessStat[]>()
  for (const { owner, stat } of processes.look() ?? []) byOwner.set(owner, [...(byOwner.get(owner) ?? []), stat])
  return [...byOwner].map(([{ node, run }, stats]) => {
    const sum = (what: (stat: ProcessStat) => number) => stats.reduce((total, stat) => total + what(stat), 0)
    return {
      type: 'usage',
      node,
      run,
      cpuMs: sum(({ cpuMs }) => cpuMs),
      rssBytes: sum(({ rssBytes }) => rssBytes),
      threads: sum(({ threads }) => threads),
      sockets: sum(({ pid }) => socketsOf(pid))
    }
  })
}

/** Open ones, of whatever kind; 0 if the process has ended or belongs to another user. */
function socketsOf(pid: number): number {
  const folder = `/proc/${pid}/fd`
  try {
    return readdirSync(folder).filter(fd => isSocket(`${folder}/${fd}`)).length
  } catch {
    return 0
  }
}

function isSocket(path: string): boolean {
  try {
    return readlinkSync(path).startsWith('socket:')
  } catch {
    // It was closed meanwhile.
    return false
  }
}
