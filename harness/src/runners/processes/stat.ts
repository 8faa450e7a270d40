/** What Linux tells of processes in /proc/<pid>/stat. Other systems have no such file. */
import { readdirSync, readFileSync } from 'node:fs'

export interface ProcessStat {
  readonly pid: number
  readonly parentPid: number
  /** The process group: the id of its first process. */
  readonly groupId: number
  /** `R` running, `S` sleeping, `D` waiting for a disk, `T` stopped, `Z` ended and not yet looked at by its parent. */
  readonly state: string
  /** Processor time so far, that of ended children too. */
  readonly cpuMs: number
  readonly threads: number
  readonly rssBytes: number
  /** When it started, in ticks since boot: another process may get the same id later. */
  readonly startedTicks: string
}

/** Ticks of /proc: 100 on every platform that Node runs on. */
const MS_PER_TICK = 10

let pageBytes: number | undefined

/** Every process that can be seen from here, without those that have ended; undefined where there is no /proc. */
export function readProcesses(): ProcessStat[] | undefined {
  const pids = processIds()
  return pids?.flatMap(pid => {
    const stat = readProcess(pid)
    return stat === undefined || stat.state === 'Z' ? [] : [stat]
  })
}

/** Undefined where there is no /proc. */
export function processIds(): number[] | undefined {
  try {
    return readdirSync('/proc')
      .filter(name => /^\d+$/.test(name))
      .map(Number)
  } catch {
    return undefined
  }
}

/** Undefined if there is no such process. */
export function readProcess(pid: number): ProcessStat | undefined {
  try {
    return parseStat(readFileSync(`/proc/${pid}/stat`, 'utf8'))
  } catch {
    // It ended between the listing and this.
    return undefined
  }
}

/** @param text - of /proc/<pid>/stat */
export function parseStat(text: string): ProcessStat {
  // The second field, the name in parentheses, may hold anything: spaces and parentheses too.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ')
  const number = (field: number) => Number(fields[field - 3])
  const ticks = number(14) + number(15) + number(16) + number(17)
  return {
    pid: Number.parseInt(text, 10),
    parentPid: number(4),
    groupId: number(5),
    state: fields[0] ?? '',
    cpuMs: ticks * MS_PER_TICK,
    threads: number(20),
    rssBytes: number(24) * bytesOfPage(),
    startedTicks: fields[22 - 3] ?? ''
  }
}

/** Pages differ between processors (4 KiB to 64 KiB), so the size is found by what this process knows of itself. */
function bytesOfPage(): number {
  if (pageBytes !== undefined) return pageBytes
  pageBytes = 4096
  const pages = (readProcess(process.pid)?.rssBytes ?? 0) / pageBytes
  if (pages > 0) pageBytes = 2 ** Math.round(Math.log2(process.memoryUsage.rss() / pages))
  return pageBytes
}
