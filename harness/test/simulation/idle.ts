import type { DialOutcome, Input } from '@gossip-discovery/libp2p/core'
import type { NodeProcess } from '../../src/simulation/host/node-process.ts'
import type { Core } from '../../src/simulation/host/world.ts'
import { Dial } from '../../src/simulation/net/dial.ts'
import { Simulation } from '../../src/simulation/simulation.ts'
import { planOf } from './plans.ts'

/** Nodes whose cores do nothing but remember what they are told: the network alone, moved on by hand. */
export class IdleNetwork {
  readonly simulation: Simulation
  /** By node: what its core was told, and when. */
  readonly told: { input: Input; atMs: number }[][] = []
  readonly #endMs = 1_000_000

  constructor(nodes: number, latencyMs: number) {
    const plan = planOf({ nodes, links: { latencyMs }, deadlineMs: this.#endMs, bootstrap: () => [] })
    this.simulation = new Simulation({ plan, createCore: () => this.#idleCore() })
    for (const { name } of plan.nodes) this.simulation.nodes.start(name)
  }

  process(node: number): NodeProcess {
    return this.simulation.world.machines[node]!.process!
  }

  get nowMs(): number {
    return this.simulation.world.queue.nowMs
  }

  dial(from: number, to: number, timeoutMs = 10_000): void {
    new Dial(this.process(from), this.simulation.world.machines[to]!.target).start(timeoutMs)
  }

  runUntil(atMs: number): void {
    const { queue } = this.simulation.world
    while (queue.nextMs <= atMs) queue.step()
  }

  /** Outcomes of the node's dials. */
  dialled(node: number): { outcome: DialOutcome; atMs: number }[] {
    return this.told[node]!.flatMap(({ input, atMs }) =>
      input.type === 'dialled' ? [{ outcome: input.outcome, atMs }] : []
    )
  }

  #idleCore(): Core {
    const told: { input: Input; atMs: number }[] = []
    this.told.push(told)
    const handle = (input: Input) => {
      told.push({ input, atMs: this.nowMs })
      return []
    }
    const book = { size: 0, tombstones: 0, values: () => [] }
    return { handle, dueMs: Number.POSITIVE_INFINITY, interestIn: () => 'news', book } as unknown as Core
  }
}
