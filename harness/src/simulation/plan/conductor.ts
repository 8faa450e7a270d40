/** Carries out the steps of a plan in virtual time, and knows when all of it is over. */
import type { NodeName } from '../../contract.ts'
import type { Fault } from '../../faults/fault.ts'
import type { Action, Condition, Plan } from '../../scenario/plan.ts'
import type { World } from '../host/world.ts'
import type { Recorder } from '../watch/recorder.ts'
import type { Watch } from '../watch/watch.ts'
import { isFullBehindCuts, isNoticedBehindCuts } from './conditions.ts'
import { nodeNames } from './describe.ts'
import type { Nodes } from './nodes.ts'
import { SimulatedFault } from './simulated-fault.ts'

/** Two comparisons of all books are so far apart, or farther where there are many. */
const COMPARISON_INTERVAL_MS = 10
const COMPARED_PAIRS_PER_MS = 100_000

type ActionOf<Type extends Action['type']> = Extract<Action, { type: Type }>

interface Wait {
  readonly step: number
  readonly until: Condition
}

export class Conductor {
  readonly faults: SimulatedFault[] = []
  /** The wait that was missed, in a sentence: nothing of the plan begins after it. */
  missed: string | undefined
  /** The step that could not be done, in a sentence, likewise. */
  failed: string | undefined
  readonly #plan: Plan
  readonly #world: World
  readonly #nodes: Nodes
  readonly #watch: Watch
  readonly #recorder: Recorder
  readonly #inForce = new Set<SimulatedFault>()
  #waits: Wait[] = []
  /** Behind cuts all books have to be compared, which is done now and then. */
  #nextComparisonMs = 0
  #rightBehindCutsSinceMs: number | undefined
  /** Steps that have not ended, faults that are still to be healed, nodes that are still to be started. */
  #unfinished = 0
  #unstarted = 0
  #overSinceMs: number | undefined
  #fullAtMs: number | undefined

  constructor(plan: Plan, host: { world: World; nodes: Nodes; watch: Watch; recorder: Recorder }) {
    this.#plan = plan
    this.#world = host.world
    this.#nodes = host.nodes
    this.#watch = host.watch
    this.#recorder = host.recorder
  }

  get isBroken(): boolean {
    return this.missed !== undefined || this.failed !== undefined
  }

  /** When the last step had ended and the last fault with an end was healed; undefined before. */
  get overSinceMs(): number | undefined {
    return this.#overSinceMs
  }

  /** The first moment at which every book was right. */
  get fullAtMs(): number | undefined {
    return this.#fullAtMs
  }

  /** Since when the books have been right, as far as the faults in force let them be; undefined while they are not. */
  get rightSinceMs(): number | undefined {
    return this.#isHiding() ? this.#rightBehindCutsSinceMs : this.#watch.completeSinceMs
  }

  /** @param startsMs - when each node is started that is there from the beginning, in the order of the plan */
  begin(startsMs: ReadonlyMap<NodeName, number>): void {
    const { queue } = this.#world
    const { steps } = this.#plan
    this.#unstarted = startsMs.size
    this.#unfinished = startsMs.size + steps.length
    for (const [name, startMs] of startsMs) {
      queue.at(startMs, () => {
        this.#nodes.start(name)
        this.#unstarted--
        this.#finish()
      })
    }
    this.#schedule('start', 0)
    this.#follow(0)
  }

  /** To be called after everything that happens: begins what begins when the books are full, and ends waits that are over. */
  look(): void {
    if (this.#fullAtMs === undefined && this.#isFull()) {
      this.#fullAtMs = this.#world.queue.nowMs
      this.#schedule('full', this.#fullAtMs)
    }
    if (this.#waits.length === 0 && (this.#overSinceMs === undefined || !this.#isHiding())) {
      this.#rightBehindCutsSinceMs = undefined
      return
    }
    const holds = this.#isHiding() ? this.#compare() : (condition: Condition) => this.#holds(condition)
    if (holds === undefined) return
    for (const wait of this.#waits.filter(({ until }) => holds(until))) {
      this.#waits = this.#waits.filter(other => other !== wait)
      this.#end(wait.step, 'done')
    }
  }

  /** The run is over: nothing more comes of any fault. */
  conclude(): void {
    for (const fault of this.faults) fault.conclude()
  }

  /** A step that waits for the one before it begins. */
  #follow(step: number): void {
    const begins = this.#plan.steps[step]?.begins
    if (begins?.type !== 'next') return
    const { queue } = this.#world
    queue.at(queue.nowMs + (begins.afterMs ?? 0), () => this.#begin(step))
  }

  #schedule(from: 'start' | 'full', zeroMs: number): void {
    for (const [step, { begins }] of this.#plan.steps.entries()) {
      if (begins.type === 'at' && begins.from === from) {
        this.#world.queue.at(zeroMs + begins.atMs, () => this.#begin(step))
      }
    }
  }

  #begin(step: number): void {
    const { id, action } = this.#plan.steps[step]!
    this.#record({ type: 'step', step: id, state: 'begun' })
    switch (action.type) {
      case 'fault':
        this.#injectFault(step, action)
        this.#end(step, 'done')
        break
      case 'join':
        this.#join(step, action)
        break
      case 'leave':
        this.#leave(step, action)
        break
      case 'restart':
        this.#restart(step, action)
        break
      case 'wait':
        this.#wait(step, action.until)
    }
  }

  #faultOf(step: number, fault: Fault): SimulatedFault {
    const host = { world: this.#world, nodes: this.#nodes, recorder: this.#recorder, inForce: this.#inForce }
    const injected = new SimulatedFault(this.#plan.steps[step]!.id, fault, host)
    this.faults.push(injected)
    return injected
  }

  #injectFault(step: number, { fault, forMs, flapping }: ActionOf<'fault'>): void {
    const { queue } = this.#world
    const injected = this.#faultOf(step, fault)
    const untilMs = forMs === undefined ? Number.POSITIVE_INFINITY : queue.nowMs + forMs
    injected.begin(flapping, untilMs)
    if (forMs === undefined) return
    this.#unfinished++
    queue.at(untilMs, () => {
      injected.heal()
      this.#finish()
    })
  }

  /** Those that run are killed; then all of them are started. */
  #restart(step: number, { nodes: names, key, afterMs }: ActionOf<'restart'>): void {
    const { queue } = this.#world
    const running = names.filter(name => this.#nodes.process(name) !== undefined)
    const kill = running.length === 0 ? undefined : this.#faultOf(step, { type: 'kill', nodes: running })
    kill?.begin(undefined, queue.nowMs + afterMs)
    queue.at(queue.nowMs + afterMs, () => {
      if (key === 'new') for (const name of names) this.#nodes.changeKey(name)
      kill?.heal()
      for (const name of names) this.#nodes.start(name)
      this.#end(step, 'done')
    })
  }

  /** Ends when all of them have ended. */
  #leave(step: number, { nodes: names }: ActionOf<'leave'>): void {
    let left = names.length
    const ended = () => {
      if (--left === 0) this.#end(step, 'done')
    }
    this.#failIfVain(
      step,
      names.filter(name => !this.#nodes.leave(name, ended)),
      'do not run'
    )
  }

  #join(step: number, { nodes: names }: ActionOf<'join'>): void {
    const vain = names.filter(name => !this.#nodes.start(name))
    if (vain.length === 0) this.#end(step, 'done')
    else this.#failIfVain(step, vain, 'run already')
  }

  #wait(step: number, until: Condition): void {
    const { queue } = this.#world
    const { withinMs } = this.#plan.steps[step]!
    const wait = { step, until }
    this.#waits.push(wait)
    queue.at(queue.nowMs + withinMs, () => {
      if (!this.#waits.includes(wait)) return
      this.#waits = this.#waits.filter(other => other !== wait)
      const why = `not ${until} within ${withinMs / 1_000} s`
      this.missed ??= `step ${this.#plan.steps[step]!.id} was missed: ${why}`
      this.#end(step, 'missed', why)
    })
  }

  #failIfVain(step: number, vain: readonly NodeName[], otherwise: string): void {
    if (vain.length === 0) return
    const why = `${nodeNames(vain)} ${otherwise}`
    this.failed ??= `step ${this.#plan.steps[step]!.id} could not be done: ${why}`
    this.#end(step, 'failed', why)
  }

  #end(step: number, state: 'done' | 'missed' | 'failed', why?: string): void {
    const { id } = this.#plan.steps[step]!
    this.#record({ type: 'step', step: id, state, ...(why !== undefined && { why }) })
    if (state === 'done') this.#follow(step + 1)
    this.#finish()
  }

  #finish(): void {
    this.#unfinished--
    if (this.#unfinished === 0) this.#overSinceMs = this.#world.queue.nowMs
  }

  #holds(condition: Condition): boolean {
    if (condition === 'noticed') return this.#watch.agreement.ghosts === 0
    return this.#isFull() && (condition === 'full' || [...this.#inForce].every(({ isForGood }) => isForGood))
  }

  #isFull(): boolean {
    return this.#unstarted === 0 && this.#watch.completeSinceMs !== undefined
  }

  #isHiding(): boolean {
    // Asked after everything that happens, and mostly nothing is broken.
    if (this.#inForce.size === 0) return false
    return [...this.#inForce].some(({ isHiding }) => isHiding)
  }

  /** Which conditions hold behind cuts; undefined if it is not yet time to look again. */
  #compare(): ((condition: Condition) => boolean) | undefined {
    const { queue, machines } = this.#world
    if (queue.nowMs < this.#nextComparisonMs) return undefined
    const intervalMs = Math.max(COMPARISON_INTERVAL_MS, machines.length ** 2 / COMPARED_PAIRS_PER_MS)
    this.#nextComparisonMs = queue.nowMs + intervalMs
    const isFull = this.#unstarted === 0 && isFullBehindCuts(this.#world, this.#watch.agreement)
    const isNoticed = isNoticedBehindCuts(this.#world, this.#watch.agreement)
    this.#rightBehindCutsSinceMs = isFull && isNoticed ? (this.#rightBehindCutsSinceMs ?? queue.nowMs) : undefined
    return condition => (condition === 'full' ? isFull : condition === 'noticed' && isNoticed)
  }

  #record(observation: Parameters<Recorder['record']>[1]): void {
    this.#recorder.record(this.#world.queue.nowMs, observation)
  }
}
