/** What the processes of nodes have used, as the system counts it: the same for every program. */
import { readdirSync, readFileSync, readlinkSync } from 'node:fs'
import type { NodeReceived, NodeUsage } from '../runner.ts'
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

/** Of each node that has a process in a network of its own: what its interfaces have received, since they are there. */
export function receivedBy(processes: OwnedProcesses): NodeReceived[] {
  const pids = new Map((processes.look() ?? []).map(({ owner, stat }) => [owner.node, stat.pid]))
  return [...pids].flatMap(([node, pid]) => {
    const bytes = receivedAt(pid)
    return bytes === undefined ? [] : [{ type: 'received', node, bytes }]
  })
}

/** Of all interfaces but the loopback one; undefined if the process has ended. */
function receivedAt(pid: number): number | undefined {
  try {
    const lines = readFileSync(`/proc/${pid}/net/dev`, 'utf8').split('\n').slice(2)
    const counts = lines.flatMap(line => {
      const [name = '', bytes] = line.trim().split(/[:\s]+/)
      return name === '' || name === 'lo' ? [] : [Number(bytes)]
    })
    return counts.reduce((sum, bytes) => sum + bytes, 0)
  } catch {
    return undefined
  }
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
