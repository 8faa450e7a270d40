/** The nodes of a plan by their names: started, ended, paused, and moved to another key. */
import type { Random } from '@gossip-discovery/libp2p/core'
import type { NodeName } from '../../contract.ts'
import type { Plan } from '../../scenario/plan.ts'
import { Machine } from '../host/machine.ts'
import { NodeProcess } from '../host/node-process.ts'
import type { World } from '../host/world.ts'
import type { Recorder } from '../watch/recorder.ts'
import type { Watch } from '../watch/watch.ts'

export type EndCause = 'kill' | 'power-off'

/** As the supervisor of real nodes does it: a node that leaves ends once nobody lists it, after this at the latest. */
const FAREWELL_WITHIN_MS = 2_000
const LISTED_LOOK_MS = 10

/** What a machine's clocks show at the start, at most: the monotonic one, and the wall clock beyond the true time. */
const MAX_CLOCK_MS = 2 ** 30
const MAX_SKEW_MS = 1_000

/** A machine for each node, and one more for each new key that the plan gives to a node. */
export function makeMachines({ nodes, steps }: Plan, chance: Random): Machine[] {
  const machines = nodes.map(({ name, bootstrap }, index) => {
    const clocks = { clockMs: Math.floor(chance() * MAX_CLOCK_MS), skewMs: Math.floor(chance() * MAX_SKEW_MS) }
    return new Machine(index, { name, bootstrap, ...clocks })
  })
  const byName = new Map(machines.map(machine => [machine.name, machine]))
  for (const { action } of steps) {
    if (action.type !== 'restart' || action.key !== 'new') continue
    for (const name of action.nodes) machines.push(new Machine(machines.length, byName.get(name)!))
  }
  return machines
}

export class Nodes {
  /** When the last process was started. */
  lastStartedMs = 0
  readonly #world: World
  readonly #hosts: Map<NodeName, Machine>
  readonly #directory: Map<string, Machine>
  readonly #watch: Watch
  readonly #recorder: Recorder
  readonly #pauseChance: Random

  constructor(init: {
    world: World
    /** Those of the world: whoever gets a new key is moved in them. */
    hosts: Map<NodeName, Machine>
    directory: Map<string, Machine>
    watch: Watch
    recorder: Recorder
    pauseChance: Random
  }) {
    this.#world = init.world
    this.#hosts = init.hosts
    this.#directory = init.directory
    this.#watch = init.watch
    this.#recorder = init.recorder
    this.#pauseChance = init.pauseChance
  }

  /** Undefined while it does not run. */
  process(name: NodeName): NodeProcess | undefined {
    return this.#hosts.get(name)?.process
  }

  /** Machines on which these nodes run, have run, or will. */
  machinesOf(names: readonly NodeName[]): number[] {
    const wanted = new Set(names)
    return this.#world.machines.filter(machine => wanted.has(machine.name)).map(({ index }) => index)
  }

  /** Starts the machine, and the node on it; false when it runs already. */
  start(name: NodeName): boolean {
    const machine = this.#hosts.get(name)
    if (machine === undefined || machine.process !== undefined) return false
    machine.isPowered = true
    machine.process = new NodeProcess(this.#world, machine)
    this.lastStartedMs = this.#world.queue.nowMs
    this.#watch.started(machine.process)
    machine.process.start()
    return true
  }

  /** How many connections the node had; undefined when it does not run. */
  end(name: NodeName, how: EndCause): number | undefined {
    const machine = this.#hosts.get(name)
    const process = machine?.process
    if (machine === undefined || process === undefined) return undefined
    this.#watch.measurements.gone(machine.index, name, how, this.#world.queue.nowMs)
    this.#watch.setState(process, 'gone')
    const { connections } = process
    machine.isPowered = how !== 'power-off'
    process.end()
    machine.process = undefined
    this.#recorder.exited(process, 'SIGKILL', this.#world.queue.nowMs)
    return connections
  }

  /**
   * Has the node say farewell, and ends it when no live node lists it any more, or does not in time.
   *
   * @param ended - called when it has ended, of whatever
   * @returns whether the node runs, and is not leaving already
   */
  leave(name: NodeName, ended: () => void): boolean {
    const process = this.process(name)
    if (process === undefined || process.isLeaving) return false
    const { nowMs } = this.#world.queue
    this.#watch.measurements.gone(process.index, name, 'leave', nowMs)
    this.#watch.setState(process, 'gone')
    process.isLeaving = true
    this.#recorder.leaveRequested(process, process.nowMs)
    process.driver.handle({ type: 'leave' })
    this.#endOnceUnlisted(process, nowMs + FAREWELL_WITHIN_MS, ended)
    return true
  }

  #endOnceUnlisted(process: NodeProcess, untilMs: number, ended: () => void): void {
    const { queue } = this.#world
    const { machine } = process
    if (machine.process === process) {
      if (queue.nowMs < untilMs && this.#watch.agreement.isListedByLive(machine.index)) {
        queue.at(Math.min(queue.nowMs + LISTED_LOOK_MS, untilMs), () => this.#endOnceUnlisted(process, untilMs, ended))
        return
      }
      process.snapshot?.save()
      process.end()
      machine.process = undefined
      this.#recorder.exited(process, null, process.nowMs)
    }
    ended()
  }

  /** Gives the node, which must not run, a key that nobody knows. Its name, address and clocks stay. */
  changeKey(name: NodeName): void {
    const former = this.#hosts.get(name)!
    const heir = this.#world.machines.find(machine => machine.name === name && machine.index > former.index)
    if (heir === undefined) throw new Error(`the plan has no other key for ${name}`)
    heir.runs = former.runs
    heir.skewMs = former.skewMs
    this.#hosts.set(name, heir)
    this.#directory.set(heir.addr, heir)
  }

  /** @param isStarved - it gets some of the processor: whoever looks on still counts on it */
  pause(process: NodeProcess, isStarved = false): void {
    this.#watch.measurements.gone(process.index, process.machine.name, 'pause', this.#world.queue.nowMs)
    if (!isStarved) this.#watch.setState(process, 'paused')
    process.pause()
  }

  resume(process: NodeProcess, isStarved = false): void {
    if (!process.resume(this.#pauseChance() < 0.5)) return
    this.#watch.measurements.back(process.index, process.world.queue.nowMs)
    if (!isStarved) this.#watch.setState(process, 'live')
  }

  /** Puts the node's wall clock on, or back. */
  moveClock(name: NodeName, byMs: number): void {
    this.#hosts.get(name)!.skewMs += byMs
  }
}
