/** Who started a run, so that one whose harness is gone can be told from one that lives. */
import { execFileSync } from 'node:child_process'
import { readFileSync, readlinkSync } from 'node:fs'
import { hostname } from 'node:os'

export interface Owner {
  machine: string
  /** Of the machine; process ids are of no meaning after the next one. */
  boot: string
  /** Process ids are of a meaning only within one namespace. */
  pidNamespace: string
  pid: number
  /** When the process started, in whatever form the system tells it: another process may get the same id later. */
  started: string
}

/** `unknown` if its processes cannot be seen from here. */
export type OwnerState = 'lives' | 'gone' | 'unknown'

export function thisProcess(): Owner {
  return { ...here(), pid: process.pid, started: startOf(process.pid) ?? '' }
}

export function stateOf(owner: Owner, current = here()): OwnerState {
  if (owner.machine !== current.machine) return 'unknown'
  if (owner.boot !== current.boot) return 'gone'
  if (owner.pidNamespace !== current.pidNamespace) return 'unknown'
  return startOf(owner.pid) === owner.started ? 'lives' : 'gone'
}

/** As text for a label. */
export function formatOwner(owner: Owner): string {
  return JSON.stringify(owner)
}

/** Anybody may have written the label: undefined if it makes no sense. */
export function parseOwner(text: string | undefined): Owner | undefined {
  try {
    const { machine, boot, pidNamespace, pid, started } = JSON.parse(text ?? '')
    const isWhole =
      [machine, boot, pidNamespace, started].every(part => typeof part === 'string') &&
      Number.isSafeInteger(pid) &&
      pid > 0
    return isWhole ? { machine, boot, pidNamespace, pid, started } : undefined
  } catch {
    return undefined
  }
}

function here(): Omit<Owner, 'pid' | 'started'> {
  return {
    machine: `${hostname()} ${tryTo(() => readFileSync('/etc/machine-id', 'utf8').trim()) ?? ''}`,
    boot: tryTo(() => readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()) ?? '',
    pidNamespace: tryTo(() => readlinkSync('/proc/self/ns/pid')) ?? ''
  }
}

/** Undefined if there is no such process. */
function startOf(pid: number): string | undefined {
  const stat = tryTo(() => readFileSync(`/proc/${pid}/stat`, 'utf8'))
  if (stat !== undefined) {
    // Its second field, the name in parentheses, may hold anything.
    const [, state, ...rest] = stat.slice(stat.lastIndexOf(')')).split(' ')
    // A zombie only waits for its parent to look.
    return state === 'Z' ? undefined : rest[18]
  }
  if (process.platform === 'linux') return undefined
  return tryTo(() => execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8' }).trim())
}

function tryTo<T>(act: () => T): T | undefined {
  try {
    return act()
  } catch {
    return undefined
  }
}
