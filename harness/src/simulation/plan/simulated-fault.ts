import type { NodeName } from '../../contract.ts'
import type { Fault, Flapping, Proof } from '../../faults/fault.ts'
import type { World } from '../host/world.ts'
import type { Recorder } from '../watch/recorder.ts'
import { nodesOfFault } from './describe.ts'
import { type Injected, inject } from './inject.ts'
import type { Nodes } from './nodes.ts'

/** How soon after the injection, and how often, one looks whether a fault that showed nothing at once has had an effect. */
const LOOK_INTERVAL_MS = 100

export interface FaultHost {
  readonly world: World
  readonly nodes: Nodes
  readonly recorder: Recorder
  /** Kept up to date. */
  readonly inForce: Set<SimulatedFault>
}

const HIDING: ReadonlySet<Fault['type']> = new Set(['pause', 'partition', 'one-way'])

/** One fault of a plan: comes, goes, and comes again if it flaps. All of it stands in the history. */
export class SimulatedFault {
  readonly id: string
  readonly #fault: Fault
  readonly #world: World
  readonly #nodes: Nodes
  readonly #recorder: Recorder
  readonly #allInForce: Set<SimulatedFault>
  readonly #names: NodeName[]
  #inForce: Injected | undefined
  #proof: Proof = { result: 'mismatch', seen: 'it did not come to that' }
  #isProven = false
  #isInVain = false
  #untilMs = Number.POSITIVE_INFINITY

  constructor(id: string, fault: Fault, host: FaultHost) {
    this.id = id
    this.#fault = fault
    this.#world = host.world
    this.#nodes = host.nodes
    this.#recorder = host.recorder
    this.#allInForce = host.inForce
    this.#names = nodesOfFault(fault)
  }

  /** A process that is gone for good leaves a network that is whole without it. */
  get isForGood(): boolean {
    const { type } = this.#fault
    return this.#untilMs === Number.POSITIVE_INFINITY && (type === 'kill' || type === 'power-off')
  }

  /** Nodes cannot hear each other for it. */
  get isHiding(): boolean {
    return HIDING.has(this.#fault.type)
  }

  /** Of the injection; of the undo, if that went wrong. */
  get proof(): Proof {
    return this.#proof
  }

  /** @param untilMs - never comes again after that */
  begin(flapping: Flapping | undefined, untilMs: number): void {
    this.#untilMs = untilMs
    this.#inject()
    if (flapping === undefined) return
    const { queue } = this.#world
    const offAtMs = queue.nowMs + flapping.onMs
    const onAgainMs = offAtMs + flapping.offMs
    if (offAtMs < untilMs) queue.at(offAtMs, () => this.heal())
    if (onAgainMs < untilMs) queue.at(onAgainMs, () => this.begin(flapping, untilMs))
  }

  heal(): void {
    const injected = this.#inForce
    if (injected === undefined) return
    this.conclude()
    this.#inForce = undefined
    this.#allInForce.delete(this)
    // Nodes that it has killed start again after this.
    this.#record({ type: 'fault-healed', fault: this.id, nodes: this.#names })
    const undone = injected.undo()
    if (undone.result !== 'confirmed') this.#proof = undone
    this.#record({ type: 'fault-proof', fault: this.id, of: 'undo', ...undone })
  }

  /** The last look at a fault in force: what it shows goes. */
  conclude(): void {
    if (this.#inForce === undefined || this.#isProven) return
    this.#look(this.#inForce)
    if (this.#isProven) return
    this.#isInVain = true
    this.#record({ type: 'fault-proof', fault: this.id, of: 'injection', ...this.#proof })
  }

  #inject(): void {
    // Whoever reads the history must know of the fault before it shows.
    this.#record({ type: 'fault-injected', fault: this.id, nodes: this.#names, what: this.#fault })
    const injected = inject(this.#fault, this.#world, this.#nodes)
    this.#inForce = injected
    this.#allInForce.add(this)
    this.#isProven = false
    this.#lookAgain(injected)
  }

  #lookAgain(injected: Injected): void {
    if (this.#isProven || this.#inForce !== injected) return
    this.#look(injected)
    const { queue } = this.#world
    if (!this.#isProven) queue.at(queue.nowMs + LOOK_INTERVAL_MS, () => this.#lookAgain(injected))
  }

  #look(injected: Injected): void {
    if (this.#isProven) return
    const proof = injected.prove()
    this.#isProven = proof.result === 'confirmed'
    // Of a fault that flaps, the time in which it had no effect counts.
    if (!this.#isInVain) this.#proof = proof
    if (this.#isProven) this.#record({ type: 'fault-proof', fault: this.id, of: 'injection', ...proof })
  }

  #record(observation: Parameters<Recorder['record']>[1]): void {
    this.#recorder.record(this.#world.queue.nowMs, observation)
  }
}
