/**
 * Runs several nodes of our own program in each process of this host, so that hundreds of real nodes fit on it. Each has its own
 * libp2p, key, sockets and lines; processor time, memory, clock and life of the process are what they share.
 */
import type { Fault } from '../../faults/fault.ts'
import type { AddressRange } from '../loopback.ts'
import { probe } from '../probe.ts'
import { listenAddrOf } from '../process.ts'
import { RunProcesses } from '../processes/run-processes.ts'
import type { FaultInjector, LogPathOf, Runner } from '../runner.ts'
import { SharedNode } from './shared-node.ts'
import { SharedProcess } from './shared-process.ts'

export interface SharedRunnerOptions {
  /** Of a program that reads shared commands. */
  command: readonly [program: string, ...args: string[]]
  /** How many processes; nodes are dealt out in turn, so that all processors are busy from the first nodes on. */
  processes: number
  env?: Record<string, string>
  logPathOf?: LogPathOf
  /** Addresses that no other run of this host uses, released with the runner. */
  addresses?: AddressRange
}

export function createSharedRunner({
  command,
  processes: places,
  env,
  logPathOf,
  addresses
}: SharedRunnerOptions): Runner {
  const processes = new RunProcesses()
  const addrOf = addresses?.listenAddrOf ?? listenAddrOf
  const byPlace = new Map<number, SharedProcess>()
  const processAt = (place: number, node: string): SharedProcess => {
    const known = byPlace.get(place)
    if (known?.isOpen) return known
    processes.guard()
    const owner = { node, run: 1 }
    const started = new SharedProcess({
      command,
      env: { ...env, ...processes.markOf(node, owner.run) },
      began: pid => processes.began(owner, pid)
    })
    byPlace.set(place, started)
    return started
  }
  return {
    faults: REFUSES_FAULTS,
    start(spec, observe) {
      const args = [...spec.args, '--listen', spec.listen ?? addrOf(spec.index)]
      const process = processAt(spec.index % places, spec.node)
      const node = new SharedNode({ ...spec, args }, process, observe, logPathOf?.(spec.node))
      process.add(node)
      return node
    },
    probe: (_node, addrs) => probe(addrs),
    reap: () => processes.reap(),
    async close() {
      await processes.close()
      addresses?.release()
    }
  }
}

const REFUSES_FAULTS: FaultInjector = {
  cannot: ({ type }) =>
    `${type}: ${WHY[type] ?? 'nodes of one host share its network; use --runner netns, or the simulation'}`,
  inject(fault) {
    throw new Error(this.cannot(fault))
  }
}

const WHOLE_PROCESS = 'it would hit all nodes of a process; leave --per-process out'

const WHY: Partial<Record<Fault['type'], string>> = {
  kill: WHOLE_PROCESS,
  pause: WHOLE_PROCESS,
  starve: WHOLE_PROCESS,
  clock: 'all nodes of a process have one clock; leave --per-process out'
}
