/** Simulated nodes that get little of the processor: each is stopped and let go in turn, at a phase of its own. */
import type { NodeName } from '../../contract.ts'
import type { ProcessFault, Proof } from '../../faults/fault.ts'
import { chanceFor } from '../chance.ts'
import type { NodeProcess } from '../host/node-process.ts'
import type { World } from '../host/world.ts'
import { nodeNames } from './describe.ts'
import type { Nodes } from './nodes.ts'

type Starving = ProcessFault & { type: 'starve' }

export class Starvation {
  readonly #names: readonly NodeName[]
  readonly #starved: StopAndGo[]

  constructor(fault: Starving, world: World, nodes: Nodes) {
    const { seed, queue } = world
    this.#names = fault.nodes
    this.#starved = fault.nodes.map(name => {
      const phase = chanceFor(seed, `phase of ${name} at ${queue.nowMs}`)()
      return new StopAndGo(name, fault, { world, nodes }, phase * (fault.runMs + fault.stopMs))
    })
  }

  prove(): Proof {
    const sum = (count: (each: StopAndGo) => number) => this.#starved.reduce((all, each) => all + count(each), 0)
    const held = sum(each => each.held)
    const stops = sum(each => each.stops)
    return {
      result: held > 0 ? 'confirmed' : 'mismatch',
      seen: `${held} timers and messages waited while ${nodeNames(this.#names)} stood still, ${stops} times in all`
    }
  }

  undo(): Proof {
    for (const each of this.#starved) each.end()
    return { result: 'confirmed', seen: `${nodeNames(this.#names)} run without a stop` }
  }
}

class StopAndGo {
  stops = 0
  readonly #name: NodeName
  readonly #fault: Starving
  readonly #world: World
  readonly #nodes: Nodes
  #isOver = false
  #held = 0
  /** The process that stands still, and what had waited for it before. */
  #stopped: { readonly process: NodeProcess; readonly deferred: number } | undefined

  constructor(name: NodeName, fault: Starving, host: { world: World; nodes: Nodes }, firstStopAfterMs: number) {
    this.#name = name
    this.#fault = fault
    this.#world = host.world
    this.#nodes = host.nodes
    this.#after(firstStopAfterMs, () => this.#stop())
  }

  /** Timers and messages that have waited for the node so far. */
  get held(): number {
    const stopped = this.#stopped
    return this.#held + (stopped === undefined ? 0 : stopped.process.deferred - stopped.deferred)
  }

  end(): void {
    this.#isOver = true
    this.#goOn()
  }

  #stop(): void {
    const process = this.#nodes.process(this.#name)
    this.stops++
    if (process !== undefined) {
      this.#stopped = { process, deferred: process.deferred }
      this.#nodes.pause(process, true)
    }
    this.#after(this.#fault.stopMs, () => {
      this.#goOn()
      this.#after(this.#fault.runMs, () => this.#stop())
    })
  }

  #goOn(): void {
    this.#held = this.held
    const stopped = this.#stopped
    this.#stopped = undefined
    if (stopped !== undefined) this.#nodes.resume(stopped.process, true)
  }

  #after(waitMs: number, act: () => void): void {
    const { queue } = this.#world
    queue.at(queue.nowMs + waitMs, () => {
      if (!this.#isOver) act()
    })
  }
}
