/** N nodes of the real core under virtual time. The same options give the same run, event by event. */
import { Discovery, type DiscoveryInit, type Random, resolveConfig } from '@gossip-discovery/libp2p/core'
import type { HistoryEvent } from '../history/history.ts'
import { SharedRecords } from './books/shared-records.ts'
import { chanceFor } from './chance.ts'
import { commandOf } from './command.ts'
import { type ActiveFault, describeFault, injectFault, type PlannedFault } from './faults.ts'
import { STARTED_AT_MS } from './host/core-driver.ts'
import { EventQueue } from './host/event-queue.ts'
import { Machine } from './host/machine.ts'
import { NodeProcess } from './host/node-process.ts'
import type { CreateCore, World } from './host/world.ts'
import { Network } from './net/network.ts'
import { Traffic, type TrafficTotal } from './net/traffic.ts'
import { type Plan, type PlanInit, SCENARIOS, type ScenarioName } from './scenarios.ts'
import { type SimulationResult, summarise } from './summary.ts'
import { Recorder } from './watch/recorder.ts'
import { Watch } from './watch/watch.ts'

export interface SimulationOptions {
  /** At least 2. */
  nodes: number
  /** Virtual time at which the run ends unsettled. */
  deadlineMs: number
  /** Any integer; equal seeds give equal runs. */
  seed: number
  /** One of {@link SCENARIOS}, or a plan of one's own. Default `calm`. */
  scenario?: ScenarioName | { name: string; plan: (init: PlanInit) => Plan }
  /** How long every book must have been right before the run ends. Default 1 s. */
  settleMs?: number
  /** Of every node. */
  config?: DiscoveryInit
  /** Which of the planned faults happen, by position. Default: all. */
  onlyFaults?: readonly number[]
  /** In place of the real core, for tests. */
  createCore?: CreateCore
}

/**
 * Runs the simulation to its end.
 *
 * @throws {RangeError} on fewer than 2 nodes
 */
export function runSimulation(options: SimulationOptions): SimulationResult {
  const simulation = new Simulation(options)
  return summarise(simulation, simulation.run(), commandOf(options))
}

/** The history has an event for every entry of every book: beyond this many nodes only numbers are kept. */
export const MAX_RECORDED_NODES = 200

const SETTLE_MS = 1_000
const AUDIT_INTERVAL_MS = 1_000
/** All books of a thousand nodes. */
const LAST_AUDIT_ENTRIES = 1_000_000
const MAX_CLOCK_MS = 2 ** 30
const MAX_SKEW_MS = 1_000

/** What {@link Simulation.run} leaves to be summed up. */
export interface Ended {
  readonly by: 'settled' | 'deadline' | 'decided'
  readonly atMs: number
  /** Everything planned was over by then. */
  readonly quietAtMs: number
  readonly history: HistoryEvent[] | undefined
  readonly faults: readonly { description: string; type: string; effect: number }[]
  /** Received until every book was right for the first time. */
  readonly start: { untilMs: number; traffic: TrafficTotal } | undefined
  /** Received until the network was at rest; undefined if it never was. */
  readonly restless: { untilMs: number; traffic: TrafficTotal } | undefined
}

export class Simulation {
  readonly world: World
  readonly watch: Watch
  readonly plan: Plan
  readonly #options: SimulationOptions
  readonly #recorder: Recorder | undefined
  readonly #pauseChance: Random
  readonly #faults: { planned: PlannedFault; active?: ActiveFault }[]
  readonly #quietAtMs: number
  readonly #restAtMs: number
  #start: Ended['start']
  #restless: Ended['restless']
  #endedAtMs = 0

  constructor(options: SimulationOptions) {
    const { nodes, seed } = options
    this.#options = options
    this.plan = planOf(options)
    this.#faults = this.plan.faults.map(planned => ({ planned }))
    const ends = this.plan.faults.map(({ atMs, untilMs }) => untilMs ?? atMs)
    this.#quietAtMs = Math.max(this.plan.lastsMs, ...this.plan.startsMs, ...ends)
    this.#recorder = nodes <= MAX_RECORDED_NODES ? new Recorder() : undefined
    this.#pauseChance = chanceFor(seed, 'pauses')
    const config = resolveConfig(options.config)
    // Whoever started with an empty book promised to announce again within the shortest ttl.
    this.#restAtMs = Math.max(...this.plan.startsMs) + config.entryTtlMs
    this.watch = new Watch(nodes, config, this.plan.firstWave, this.#recorder)
    const queue = new EventQueue()
    const machines = makeMachines(this.plan, seed)
    this.world = {
      seed,
      queue,
      machines,
      records: new SharedRecords(machines),
      config,
      network: new Network(queue, this.plan.link, chanceFor(seed, 'links'), seed),
      traffic: new Traffic(nodes),
      directory: new Map(machines.flatMap(machine => [machine.peer, machine.addr].map(key => [key, machine] as const))),
      dialChance: chanceFor(seed, 'dials'),
      createCore: options.createCore ?? ((...args) => new Discovery(...args)),
      witness: this.watch
    }
  }

  /** To the end; once only. */
  run(): Ended {
    const { queue } = this.world
    this.#recordStart()
    this.plan.startsMs.forEach((startMs, node) => {
      queue.at(startMs, () => this.start(node))
    })
    for (const fault of this.#faults) this.#schedule(fault)
    queue.at(AUDIT_INTERVAL_MS, () => this.#audit())
    const by = this.#runUntilEnd()
    this.watch.audit(this.#processes(), LAST_AUDIT_ENTRIES)
    this.#recordEnd(by)
    return {
      by,
      atMs: this.#endedAtMs,
      quietAtMs: this.#quietAtMs,
      history: this.#recorder?.history(),
      start: this.#start,
      restless: this.#restless,
      faults: this.#faults.map(({ planned, active }) => ({
        description: this.#describe(planned),
        type: planned.fault.type,
        effect: active?.effect() ?? 0
      }))
    }
  }

  /** Starts the machine, and a node on it. */
  start(node: number): void {
    const machine = this.world.machines[node]
    if (machine === undefined || machine.process !== undefined) return
    machine.isPowered = true
    machine.process = new NodeProcess(this.world, machine)
    this.watch.started(machine.process)
    machine.process.start()
  }

  /** Returns how many connections the node had. */
  end(node: number, how: 'kill' | 'power-off' | 'leave'): number {
    const machine = this.world.machines[node]
    const process = machine?.process
    if (machine === undefined || process === undefined) return 0
    this.watch.measurements.gone(node, machine.name, how, this.world.queue.nowMs)
    this.watch.setLive(process, false)
    const { connections } = process
    if (how === 'leave') {
      this.#recorder?.stopRequested(process)
      process.driver.handle({ type: 'leave' })
    }
    machine.isPowered = how !== 'power-off'
    process.end()
    machine.process = undefined
    this.#recorder?.exited(process, how === 'leave' ? null : 'SIGKILL')
    return connections
  }

  pause(node: number): NodeProcess | undefined {
    const process = this.world.machines[node]?.process
    if (process === undefined) return undefined
    this.watch.measurements.gone(node, this.#nameOf(node), 'pause', this.world.queue.nowMs)
    this.watch.setLive(process, false)
    process.pause()
    return process
  }

  resume(process: NodeProcess): void {
    if (!process.resume(this.#pauseChance() < 0.5)) return
    this.watch.measurements.back(process.index)
    this.watch.setLive(process, true)
  }

  #schedule(fault: { planned: PlannedFault; active?: ActiveFault }): void {
    const { queue } = this.world
    const { atMs, untilMs, fault: what } = fault.planned
    queue.at(atMs, () => {
      // Whoever reads the history must know of the fault before it shows.
      this.#recordFault('fault-injected', fault.planned)
      fault.active = injectFault(this, what)
    })
    if (untilMs === undefined) return
    queue.at(untilMs, () => {
      fault.active?.undo()
      this.#recordFault('fault-healed', fault.planned)
    })
  }

  #runUntilEnd(): Ended['by'] {
    const { queue, traffic } = this.world
    const { deadlineMs, settleMs = SETTLE_MS } = this.#options
    const { violations } = this.watch.safety
    while (violations.length === 0) {
      const { completeSinceMs, measurements } = this.watch
      const untilMs = measurements.filledMs[100]
      if (untilMs !== undefined) {
        this.#start ??= { untilMs, traffic: traffic.total() }
        if (queue.nowMs >= this.#restAtMs) this.#restless ??= { untilMs: queue.nowMs, traffic: traffic.total() }
      }
      const settledMs = Math.max(completeSinceMs ?? Number.POSITIVE_INFINITY, this.#quietAtMs) + settleMs
      this.#endedAtMs = Math.min(settledMs, deadlineMs)
      if (queue.nextMs > this.#endedAtMs) return settledMs <= deadlineMs ? 'settled' : 'deadline'
      queue.step()
    }
    this.#endedAtMs = queue.nowMs
    return 'decided'
  }

  #audit(): void {
    const { queue } = this.world
    this.watch.audit(this.#processes())
    queue.at(queue.nowMs + AUDIT_INTERVAL_MS, () => this.#audit())
  }

  #processes(): NodeProcess[] {
    return this.world.machines.map(({ process }) => process).filter(process => process !== undefined)
  }

  #describe(fault: PlannedFault): string {
    return describeFault(fault, node => this.#nameOf(node))
  }

  /** A plan may be for more nodes than there are. */
  #nameOf(node: number): string {
    return this.world.machines[node]?.name ?? `n${node + 1}`
  }

  #recordStart(): void {
    const { scenario = 'calm', deadlineMs, settleMs = SETTLE_MS } = this.#options
    this.#recorder?.record(0, {
      type: 'run-started',
      startedAt: new Date(STARTED_AT_MS).toISOString(),
      scenario: typeof scenario === 'string' ? scenario : scenario.name,
      nodes: this.world.machines.map(({ name }) => name),
      deadlineMs,
      settleMs,
      command: commandOf(this.#options)
    })
  }

  #recordFault(type: 'fault-injected' | 'fault-healed', planned: PlannedFault): void {
    const { fault } = planned
    const { machines, queue } = this.world
    const nodes = fault.type === 'links' ? machines.map(({ index }) => index) : fault.nodes
    const names = nodes.map(node => this.#nameOf(node))
    this.#recorder?.record(queue.nowMs, { type, fault: this.#describe(planned), nodes: names })
  }

  #recordEnd(by: Ended['by']): void {
    const recorder = this.#recorder
    if (recorder === undefined) return
    const processes = this.#processes()
    const atMs = Math.max(this.#endedAtMs, ...processes.map(({ nowMs }) => nowMs))
    for (const process of processes) if (!process.isPaused) recorder.dump(process, atMs)
    recorder.record(atMs, { type: 'run-ended', reason: by })
  }
}

function planOf({ scenario = 'calm', nodes, deadlineMs, seed, onlyFaults }: SimulationOptions): Plan {
  if (!Number.isInteger(nodes) || nodes < 2) throw new RangeError(`a simulation has at least 2 nodes, got ${nodes}`)
  const { plan } = typeof scenario === 'string' ? SCENARIOS[scenario] : scenario
  const planned = plan({ nodes, deadlineMs, random: chanceFor(seed, 'plan') })
  if (onlyFaults === undefined) return planned
  return { ...planned, faults: planned.faults.filter((_, position) => onlyFaults.includes(position)) }
}

function makeMachines({ startsMs, bootstrap }: Plan, seed: number): Machine[] {
  const chance = chanceFor(seed, 'clocks')
  return startsMs.map((_, index) => {
    const clocks = { clockMs: Math.floor(chance() * MAX_CLOCK_MS), skewMs: Math.floor(chance() * MAX_SKEW_MS) }
    return new Machine(index, bootstrap[index]!, clocks)
  })
}
