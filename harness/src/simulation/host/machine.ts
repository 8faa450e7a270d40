import type { DialTarget, PeerKey } from '@gossip-discovery/libp2p/core'
import type { NodeName } from '../../contract.ts'
import { PEER_PREFIX } from '../net/sizes.ts'
import { Issuer } from './issuer.ts'
import type { NodeProcess } from './node-process.ts'

export interface MachineInit {
  readonly name: NodeName
  /** Nodes that a node here knows from the start. */
  readonly bootstrap: readonly NodeName[]
  readonly clockMs: number
  readonly skewMs: number
  /** Default: one of its own. */
  readonly addr?: string
}

/** Where a node runs under one key: that, its address, its clocks and its disk outlive a crash of the process. */
export class Machine {
  readonly index: number
  readonly name: NodeName
  readonly peer: PeerKey
  readonly addr: string
  readonly issuer: Issuer
  readonly bootstrap: readonly NodeName[]
  /** What its monotonic clock shows at the start of the simulation: a whole number of ms. */
  readonly clockMs: number
  /** How much its wall clock is fast. */
  skewMs: number
  /** Without power nothing answers, not even the kernel. */
  isPowered = true
  /** Processes that the node has had so far. */
  runs = 0
  /** Epoch of the last of them under this key, which a node keeps on disk. */
  lastEpoch = 0
  /** Of the book of the last process under this key, likewise. */
  snapshot: readonly DialTarget[] = []
  process: NodeProcess | undefined

  constructor(index: number, init: MachineInit) {
    this.index = index
    this.name = init.name
    this.peer = `${PEER_PREFIX}${index + 1}`
    this.addr = init.addr ?? `/ip4/10.${(index >> 16) & 255}.${(index >> 8) & 255}.${index & 255}/tcp/4001`
    this.issuer = new Issuer(this)
    this.bootstrap = init.bootstrap
    this.clockMs = init.clockMs
    this.skewMs = init.skewMs
  }

  get target(): DialTarget {
    return { id: this.peer, addrs: [this.addr] }
  }
}
