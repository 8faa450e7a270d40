/** What the kernel knows of a process and its connections. */
import { readdirSync, readFileSync } from 'node:fs'
import { execa } from 'execa'
import { MeasureError } from './measure-error.ts'

/** IPv4 and TCP with its timestamps, which Linux sends by default. */
const SEGMENT_HEADER_BYTES = 52

/** Processor time of each process since its start, in user and kernel mode, on average; undefined off Linux. */
export function meanCpuMs(pids: readonly number[]): number | undefined {
  if (process.platform !== 'linux') return undefined
  return pids.map(cpuMsOf).reduce((sum, ms) => sum + ms, 0) / pids.length
}

/** By thread, in ns: /proc/<pid>/stat counts in steps of 10 ms, and a process of serf takes hardly more. */
function cpuMsOf(pid: number): number {
  const folder = `/proc/${pid}/task`
  const threads = readdirSync(folder).map(thread => readFileSync(`${folder}/${thread}/schedstat`, 'utf8'))
  return threads.reduce((sum, schedstat) => sum + Number(schedstat.split(' ')[0]) / 1e6, 0)
}

/** What has come in over one TCP connection. */
export interface Received {
  /** The process at this end; undefined for one of another user. */
  pid: number | undefined
  /** As the program read them. */
  bytes: number
  /** With the headers of TCP and IP, acknowledgements too. */
  wireBytes: number
}

/**
 * The open TCP connections of the host by both of their ends.
 *
 * @throws {MeasureError} when `ss` is not there
 */
export async function receivedByConnection(): Promise<Map<string, Received>> {
  const { exitCode, stdout } = await execa('ss', ['-tinpHO', 'state', 'established'], { reject: false })
  if (exitCode !== 0) throw new MeasureError('bytes are counted by `ss` of iproute2, which cannot be run here')
  return parseConnections(stdout)
}

/** From the output of `ss -tinpHO state established`: one connection a line. */
export function parseConnections(text: string): Map<string, Received> {
  const connections = new Map<string, Received>()
  for (const line of text.split('\n')) {
    const [, , local, remote] = line.trim().split(/\s+/)
    if (local === undefined || remote === undefined) continue
    const bytes = counter(line, 'bytes_received')
    const wireBytes = bytes + counter(line, 'segs_in') * SEGMENT_HEADER_BYTES
    const pid = /\bpid=(\d+)/.exec(line)?.[1]
    connections.set(`${local} ${remote}`, { pid: pid === undefined ? undefined : Number(pid), bytes, wireBytes })
  }
  return connections
}

/** A counter that is still 0 is left out. */
function counter(line: string, name: string): number {
  return Number(new RegExp(`\\b${name}:(\\d+)`).exec(line)?.[1] ?? 0)
}
