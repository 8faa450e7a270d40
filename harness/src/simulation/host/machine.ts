import type { DialTarget, PeerKey } from '@gossip-discovery/libp2p/core'
import { PEER_PREFIX } from '../net/sizes.ts'
import { Issuer } from './issuer.ts'
import type { NodeProcess } from './node-process.ts'

/** Where a node runs: its key, address and clocks outlive a crash of the process. */
export class Machine {
  readonly index: number
  /** `n1` is the machine of index 0. */
  readonly name: string
  readonly peer: PeerKey
  readonly addr: string
  readonly issuer: Issuer
  /** Machines whose nodes a node here knows from the start. */
  readonly bootstrap: readonly number[]
  /** What its monotonic clock shows at the start of the simulation: a whole number of ms. */
  readonly clockMs: number
  /** How much its wall clock is fast. */
  readonly skewMs: number
  /** Without power nothing answers, not even the kernel. */
  isPowered = true
  /** Processes that have run here. */
  runs = 0
  process: NodeProcess | undefined

  constructor(index: number, bootstrap: readonly number[], clocks: { clockMs: number; skewMs: number }) {
    this.index = index
    this.name = `n${index + 1}`
    this.peer = `${PEER_PREFIX}${index + 1}`
    this.addr = `/ip4/10.${(index >> 16) & 255}.${(index >> 8) & 255}.${index & 255}/tcp/4001`
    this.issuer = new Issuer(this)
    this.bootstrap = bootstrap
    this.clockMs = clocks.clockMs
    this.skewMs = clocks.skewMs
  }

  get target(): DialTarget {
    return { id: this.peer, addrs: [this.addr] }
  }
}
