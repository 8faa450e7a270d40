/** N nodes of the real core under virtual time, and a plan of what happens to them. Equal options give equal runs, event by event. */
import { Discovery, type DiscoveryInit, type Random, resolveConfig } from '@gossip-discovery/libp2p/core'
import type { NodeName } from '../contract.ts'
import type { HistoryEvent } from '../history/history.ts'
import { graceMsOf } from '../judge/causes/aftermath.ts'
import { type Judged, judged } from '../reports/judged.ts'
import { needsOf } from '../scenario/needs.ts'
import type { Plan } from '../scenario/plan.ts'
import { Books } from './books/books.ts'
import { SharedRecords } from './books/shared-records.ts'
import { chanceFor } from './chance.ts'
import { commandOf } from './command.ts'
import { EventQueue } from './host/event-queue.ts'
import type { NodeProcess } from './host/node-process.ts'
import type { CreateCore, World } from './host/world.ts'
import { HOST_LINKS, type LinkModel, withLinks } from './net/links.ts'
import { Network } from './net/network.ts'
import { Traffic, type TrafficTotal } from './net/traffic.ts'
import { Conductor } from './plan/conductor.ts'
import { makeMachines, Nodes } from './plan/nodes.ts'
import { Agreement } from './watch/agreement.ts'
import { Chronicle, MAX_RECORDED_NODES } from './watch/chronicle.ts'
import { Watch } from './watch/watch.ts'
import { judgedByWitness } from './witness/judge-ledger.ts'

export interface SimulationOptions {
  /** At least 2 nodes. */
  plan: Plan
  /** The command line that repeats the run; made up from the plan if undefined. */
  command?: string
  /** Of every node. */
  config?: DiscoveryInit
  /** What links do of which the plan says nothing. Default {@link HOST_LINKS}. */
  hostLinks?: LinkModel
  /** In place of the real core, for tests. */
  createCore?: CreateCore
  /** A larger network leaves a digest in place of a whole history. Default {@link MAX_RECORDED_NODES}. */
  maxRecordedNodes?: number
}

/** All nodes that are there from the beginning start within this time: first those that others are told of. */
const COLD_START_MS = 1_000

const AUDIT_INTERVAL_MS = 1_000
/** All books of a thousand nodes. */
const LAST_AUDIT_ENTRIES = 1_000_000

const NEVER = Number.POSITIVE_INFINITY

/** Why a run is over. `decided`: something was seen that must never be. */
type EndReason = 'settled' | 'deadline' | 'decided' | 'interrupted'

/** What a simulation leaves to be summed up. */
export interface Ended {
  readonly by: EndReason
  readonly atMs: number
  readonly history: HistoryEvent[]
  /** By whoever judges every run, from the whole history; of a digest by the witness, from its ledger. */
  readonly judged: Judged
  /** Received until every book was right for the first time. */
  readonly start: { untilMs: number; traffic: TrafficTotal } | undefined
  /** Received until the network was at rest; undefined if it never was. */
  readonly restless: { untilMs: number; traffic: TrafficTotal } | undefined
}

export class Simulation {
  readonly world: World
  readonly watch: Watch
  readonly nodes: Nodes
  readonly conductor: Conductor
  readonly plan: Plan
  /** Repeats it. */
  readonly command: string
  readonly #chronicle: Chronicle
  readonly #startsMs: ReadonlyMap<NodeName, number>
  #start: Ended['start']
  #restless: Ended['restless']
  #endedAtMs = 0

  /** @throws {RangeError} on fewer than 2 nodes */
  constructor(options: SimulationOptions) {
    const { plan, hostLinks = HOST_LINKS } = options
    if (plan.nodes.length < 2) throw new RangeError(`a simulation has at least 2 nodes, got ${plan.nodes.length}`)
    this.plan = plan
    const { seed } = plan
    this.command = options.command ?? commandOf(plan)
    this.#startsMs = startTimes(plan, chanceFor(seed, 'plan'))
    const machines = makeMachines(plan, chanceFor(seed, 'clocks'))
    const hosts = new Map(machines.slice(0, plan.nodes.length).map(machine => [machine.name, machine] as const))
    const config = resolveConfig(options.config)
    const books = new Books(machines.length)
    const agreement = new Agreement(books, machines.length)
    const { maxRecordedNodes = MAX_RECORDED_NODES } = options
    this.#chronicle = new Chronicle(this.command, { plan, agreement, machines, hosts, maxRecordedNodes })
    const { recorder } = this.#chronicle
    const looks = { machines: machines.length, firstWave: this.#startsMs.size, graceMs: graceMsOf(plan.bounds) }
    this.watch = new Watch(config, { ...looks, books, agreement, recorder })
    const queue = new EventQueue()
    const directory = new Map(machines.map(machine => [machine.peer as string, machine] as const))
    for (const machine of hosts.values()) directory.set(machine.addr, machine)
    this.world = {
      seed,
      queue,
      machines,
      hosts,
      directory,
      records: new SharedRecords(machines),
      config,
      keepsSnapshots: needsOf(plan).can.includes('key'),
      network: new Network(queue, withLinks(hostLinks, plan.links), chanceFor(seed, 'links'), seed),
      traffic: new Traffic(machines.length),
      dialChance: chanceFor(seed, 'dials'),
      createCore: options.createCore ?? ((...args) => new Discovery(...args)),
      witness: this.watch
    }
    const shared = { world: this.world, watch: this.watch, recorder }
    this.nodes = new Nodes({ ...shared, hosts, directory, pauseChance: chanceFor(seed, 'pauses') })
    this.conductor = new Conductor(plan, { ...shared, nodes: this.nodes })
  }

  /** What was written down so far, as it was written: its times are not in order. */
  get recorded(): readonly HistoryEvent[] {
    return this.#chronicle.recorder.recorded
  }

  /** To the end; once only. */
  run(): Ended {
    this.begin()
    return this.end(this.advance(NEVER) ?? 'interrupted')
  }

  /** Once, and first. */
  begin(): void {
    const { queue } = this.world
    this.#chronicle.begin()
    this.conductor.begin(this.#startsMs)
    queue.at(AUDIT_INTERVAL_MS, () => this.#audit())
  }

  /** Lets so much happen, or less: why the run is over, or undefined while there is more to come. */
  advance(happenings: number): Exclude<EndReason, 'interrupted'> | undefined {
    const { queue } = this.world
    const { plan, watch, conductor } = this
    const { violations } = watch.safety
    for (let left = happenings; violations.length === 0 && !conductor.isBroken; left--) {
      this.#measure()
      const settledMs = Math.max(conductor.rightSinceMs ?? NEVER, conductor.overSinceMs ?? NEVER) + plan.settleMs
      this.#endedAtMs = Math.min(settledMs, plan.deadlineMs)
      this.#chronicle.count(Math.min(queue.nextMs, this.#endedAtMs), watch.agreement)
      if (queue.nextMs > this.#endedAtMs) return settledMs <= plan.deadlineMs ? 'settled' : 'deadline'
      if (left <= 0) return undefined
      queue.step()
      conductor.look()
    }
    this.#endedAtMs = queue.nowMs
    return 'decided'
  }

  /** Ends what has begun; once only. */
  end(by: EndReason): Ended {
    if (by === 'interrupted') this.#endedAtMs = this.world.queue.nowMs
    const processes = this.#processes()
    this.watch.audit(processes, LAST_AUDIT_ENTRIES)
    this.conductor.conclude()
    this.#endHistory(by, processes)
    const history = this.#chronicle.recorder.history()
    const { digest } = this.#chronicle
    return {
      by,
      atMs: this.#endedAtMs,
      history,
      judged: digest === undefined ? judged(history) : judgedByWitness(digest.ledger, history),
      start: this.#start,
      restless: this.#restless
    }
  }

  #endHistory(by: EndReason, running: readonly NodeProcess[]): void {
    const { machines, traffic } = this.world
    const byName = Map.groupBy(machines, ({ name }) => name)
    // A busy process has come to the end of its work a little later than the network.
    const atMs = Math.max(this.#endedAtMs, ...running.map(({ nowMs }) => nowMs))
    this.#chronicle.end(by, atMs, {
      running,
      agreement: this.watch.agreement,
      received: name => traffic.bytesAt(byName.get(name)!.map(({ index }) => index))
    })
  }

  #measure(): void {
    const { queue, traffic, config } = this.world
    const untilMs = this.watch.measurements.filledMs[100]
    if (untilMs === undefined) return
    this.#start ??= { untilMs, traffic: traffic.total() }
    // Whoever started with an empty book promised to announce again within the shortest ttl.
    if (queue.nowMs >= this.nodes.lastStartedMs + config.entryTtlMs) {
      this.#restless ??= { untilMs: queue.nowMs, traffic: traffic.total() }
    }
  }

  #audit(): void {
    const { queue } = this.world
    this.watch.audit(this.#processes())
    queue.at(queue.nowMs + AUDIT_INTERVAL_MS, () => this.#audit())
  }

  #processes(): NodeProcess[] {
    return this.world.machines.map(({ process }) => process).filter(process => process !== undefined)
  }
}

/** When each node starts that is there from the beginning, in ms since the start of the simulation. */
function startTimes({ nodes }: Plan, chance: Random): Map<NodeName, number> {
  const wellKnown = new Set(nodes.flatMap(({ bootstrap }) => bootstrap))
  const times = new Map<NodeName, number>()
  for (const { name, startsAtOnce } of nodes) {
    const startMs = wellKnown.has(name) ? 0 : chance() * COLD_START_MS
    if (startsAtOnce) times.set(name, startMs)
  }
  return times
}
