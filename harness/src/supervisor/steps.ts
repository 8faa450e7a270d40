/** Carries out the steps of a plan, each at its time. Steps overlap with faults that are in force, and with each other. */
import type { NodeName } from '../contract.ts'
import type { Action, Condition, Plan, PlannedStep } from '../scenario/plan.ts'
import { holdsNow } from './conditions.ts'
import type { LiveNetwork } from './live-network.ts'
import type { FleetNode } from './nodes/fleet.ts'
import { linksOf } from './refusal.ts'

type ActionOf<Type extends Action['type']> = Extract<Action, { type: Type }>

const LINKS_WITHIN_MS = 30_000

/** What a step waits for did not come true in time. */
class MissedWait extends Error {
  override name = 'MissedWait'
}

export class Steps {
  readonly #network: LiveNetwork
  readonly #plan: Plan
  /** Steps that have not ended, or whose fault still has to be healed. */
  readonly #open: Set<PlannedStep>
  #isBroken = false

  constructor(plan: Plan, network: LiveNetwork) {
    this.#plan = plan
    this.#network = network
    this.#open = new Set(plan.steps)
  }

  /** Every step is done, and every fault that has an end is healed. */
  get areDone(): boolean {
    return this.#open.size === 0
  }

  /** A step was missed, or could not be done: the rest is not begun. */
  get areBroken(): boolean {
    return this.#isBroken
  }

  /** Settles when every link is as the plan has it, or could not be made so. Never rejects. */
  async makeLinks(): Promise<void> {
    const links = linksOf(this.#plan)
    if (links === undefined) return
    await this.#network.break(links, LINKS_WITHIN_MS).catch((error: Error) => this.#fail(links, error))
  }

  /** Settles when nothing is left to do, or the run has ended. Never rejects: what fails is in the history. */
  async carryOut(): Promise<void> {
    const ends: Promise<void>[] = []
    let before = Promise.resolve()
    for (const step of this.#plan.steps) {
      const ended = this.#untilBegin(step, before).then(() => this.#perform(step))
      before = ended.then(() => {})
      ends.push(ended.then(afterwards => this.#close(step, afterwards)))
    }
    await Promise.all(ends)
  }

  async #untilBegin({ begins }: PlannedStep, before: Promise<void>): Promise<void> {
    const { deadlineMs } = this.#plan
    const network = this.#network
    if (begins.type === 'next') {
      await before
      await network.until(() => this.#isBroken, begins.afterMs ?? 0)
      return
    }
    const since = () => (begins.from === 'full' ? network.firstFullMs : network.firstSpawnMs)
    await this.#network.until(() => since() !== undefined, deadlineMs)
    const leftMs = (since() ?? 0) + begins.atMs - network.record.nowMs()
    await this.#network.until(() => false, Math.max(0, leftMs))
  }

  /** Settles when the step has ended; gives what remains to be done afterwards. */
  async #perform(step: PlannedStep): Promise<() => Promise<void>> {
    const { record } = this.#network
    if (this.#mustStop()) {
      const why = this.#isBroken ? 'an earlier step was not done' : 'the run ended before it'
      record.add({ type: 'step', step: step.id, state: 'failed', why: `it did not begin: ${why}` })
      return async () => {}
    }
    record.add({ type: 'step', step: step.id, state: 'begun' })
    try {
      const afterwards = await this.#act(step)
      record.add({ type: 'step', step: step.id, state: 'done' })
      return afterwards
    } catch (error) {
      this.#fail(step, error as Error)
      return async () => {}
    }
  }

  async #close(step: PlannedStep, afterwards: () => Promise<void>): Promise<void> {
    const { action } = step
    const isLasting = action.type === 'fault' && action.forMs === undefined
    const isOver = afterwards().catch(error => this.#fail(step, error as Error))
    if (!isLasting) await isOver
    this.#open.delete(step)
    this.#network.record.look()
    await isOver
  }

  #fail(step: { readonly id: string }, error: Error): void {
    const state = error instanceof MissedWait ? 'missed' : 'failed'
    this.#network.record.add({ type: 'step', step: step.id, state, why: error.message })
    this.#isBroken = true
    this.#network.record.look()
  }

  async #act(step: PlannedStep): Promise<() => Promise<void>> {
    const { action } = step
    switch (action.type) {
      case 'fault':
        return await this.#break(step, action)
      case 'join':
        return await this.#join(step, action)
      case 'restart':
        return await this.#restart(step, action)
      case 'leave':
        await this.#leave(step, action)
        return async () => {}
      case 'wait':
        await this.#wait(step, action)
        return async () => {}
    }
  }

  async #break({ id, withinMs }: PlannedStep, action: ActionOf<'fault'>): Promise<() => Promise<void>> {
    const { forMs, flapping } = action
    const nodes = nodesOf(action)
    const inject = () =>
      this.#network.break({ id, fault: action.fault, nodes, isLasting: forMs === undefined }, withinMs)
    await inject()
    const untilMs = this.#network.record.nowMs() + (forMs ?? this.#plan.deadlineMs)
    const heal = async (leftMs: number) => {
      await this.#network.until(() => false, Math.min(leftMs, untilMs - this.#network.record.nowMs()))
      if (!this.#network.isEnding) await this.#network.heal(id)
    }
    if (flapping === undefined) return async () => (forMs === undefined ? undefined : await heal(forMs))
    return async () => {
      for (;;) {
        await heal(flapping.onMs)
        await this.#network.until(() => false, flapping.offMs)
        if (this.#mustStop() || this.#network.record.nowMs() >= untilMs) return
        await inject()
      }
    }
  }

  async #join({ withinMs }: PlannedStep, { nodes }: ActionOf<'join'>): Promise<() => Promise<void>> {
    const { fleet } = this.#network
    const newcomers = nodes.map(name => fleet.node(name))
    const present = newcomers.find(({ state }) => state !== 'absent')
    if (present !== undefined) throw new Error(`${present.name} is there already`)
    const starting = this.#network.start(newcomers)
    await this.#untilAll(newcomers, 'ready', ({ state }) => state === 'ready', withinMs)
    return () => starting
  }

  async #leave({ withinMs }: PlannedStep, { nodes }: ActionOf<'leave'>): Promise<void> {
    const { fleet } = this.#network
    const leaving = nodes.map(name => fleet.node(name))
    const absent = leaving.find(({ state }) => state !== 'ready')
    if (absent !== undefined) throw new Error(`${absent.name} cannot leave: it is not running`)
    for (const node of leaving) void this.#network.leave(node)
    await this.#untilAll(leaving, 'ended', ({ state }) => state === 'ended', withinMs)
  }

  /** Those that run are killed: a fault like any other, so it is proven like one. Those that have ended are only started. */
  async #restart({ id, withinMs }: PlannedStep, action: ActionOf<'restart'>): Promise<() => Promise<void>> {
    const { nodes, key, afterMs } = action
    const network = this.#network
    const all = nodes.map(name => network.fleet.node(name))
    const before = new Map(all.map(({ name, run }) => [name, run]))
    const dead = all.filter(({ state }) => state === 'ended' || state === 'absent')
    const running = nodes.filter((_, index) => !dead.includes(all[index]!))
    if (running.length > 0) {
      const fault = { type: 'kill', nodes: running } as const
      await network.break({ id, fault, nodes: running, isLasting: false }, withinMs)
    }
    await network.until(() => false, afterMs)
    if (network.isEnding) throw new Error('the run ended before they were started again')
    const starting = Promise.all([network.heal(id, key), network.startAgain(dead, key)])
    starting.catch(() => {})
    const isBack = ({ name, state, run }: FleetNode) => state === 'ready' && run !== before.get(name)
    await this.#untilAll(all, 'ready', isBack, withinMs)
    return async () => void (await starting)
  }

  async #wait({ withinMs }: PlannedStep, { until }: ActionOf<'wait'>): Promise<void> {
    const { observed, faults } = this.#network
    if (await this.#network.until(() => holdsNow(until, observed, faults.list), withinMs)) return
    if (this.#network.isEnding) throw new Error(`the run ended before it was seen ${wordsOf[until]}`)
    throw new MissedWait(`it was not seen within ${withinMs / 1_000} s ${wordsOf[until]}`)
  }

  async #untilAll(
    nodes: readonly FleetNode[],
    what: 'ready' | 'ended',
    isSo: (node: FleetNode) => boolean,
    withinMs: number
  ): Promise<void> {
    if (await this.#network.until(() => nodes.every(isSo), withinMs)) return
    const names = nodes.filter(node => !isSo(node)).map(({ name }) => name)
    throw new Error(`not ${what} within ${withinMs / 1_000} s, or before the run ended: ${names.join(', ')}`)
  }

  #mustStop(): boolean {
    return this.#isBroken || this.#network.isEnding
  }
}

const wordsOf: Record<Condition, string> = {
  full: 'that all books are right',
  noticed: 'that everybody drops what is gone',
  whole: 'that all books are right with no fault in force'
}

function nodesOf({ fault }: ActionOf<'fault'>): readonly NodeName[] {
  return fault.type === 'partition' ? fault.groups.flat() : fault.nodes
}
