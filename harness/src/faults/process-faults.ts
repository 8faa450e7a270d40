/** Faults of the processes of this host: killed, stopped, given little of the processor, or shown a wrong clock. */
import type { FaultInjector } from '../runners/runner.ts'
import { setClock } from './clock.ts'
import type { Fault } from './fault.ts'
import { kill } from './kill.ts'
import { pause } from './pause.ts'
import type { NodeProcesses } from './signals.ts'
import { starve } from './starve.ts'

const CUTS = 'nodes of this runner share the network of the host, and nothing between them can be cut'
const LINKS = 'nodes of this runner share the network of the host, whose links cannot be made worse'
const KERNEL = 'the kernel of this host tells the peers of a process that it has ended'
const ROUTERS = 'nodes of this runner are behind no router; use --runner netns'
const OTHERS = 'use --runner netns, or the simulation'

/** For runners whose nodes are processes that signals of this host reach. */
export function createProcessFaults(processes: NodeProcesses): FaultInjector {
  return {
    cannot({ type }) {
      if (type === 'partition' || type === 'one-way') return `${type}: ${CUTS}; ${OTHERS}`
      if (type === 'links') return `${type}: ${LINKS}; ${OTHERS}`
      if (type === 'nat-changes') return `${type}: ${ROUTERS}`
      return type === 'power-off' ? `${type}: ${KERNEL}; ${OTHERS}` : undefined
    },
    async inject(fault: Fault, handles) {
      switch (fault.type) {
        case 'kill':
          return kill(fault, handles, processes)
        case 'pause':
          return pause(fault, handles, processes)
        case 'starve':
          return starve(fault, handles, processes)
        case 'clock':
          return setClock(fault, handles)
        default:
          throw new Error(this.cannot(fault))
      }
    }
  }
}
