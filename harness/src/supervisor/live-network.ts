/** A network that runs: its nodes, what is broken, and the history of it. Both a plan and a program of a user act on it. */
import { availableParallelism, release, totalmem, type } from 'node:os'
import { CONTRACT_VERSION, type NodeLine, type NodeName } from '../contract.ts'
import { atTheirTimes } from '../history/at-their-times.ts'
import { type Clock, hostClock } from '../history/clock.ts'
import { HISTORY_VERSION, type History, type HistoryEvent, type Observation } from '../history/history.ts'
import { createNetwork, observe } from '../history/network.ts'
import type { Network } from '../history/observed.ts'
import { createRecord, type RunRecord } from '../history/record.ts'
import { isLost } from '../judge/judge.ts'
import type { RunnerName } from '../runners/names.ts'
import type { Runner } from '../runners/runner.ts'
import type { Plan } from '../scenario/plan.ts'
import { version } from '../version.ts'
import { FaultsInForce, type InjectedFault, kills } from './faults-in-force.ts'
import { Fleet, type FleetNode, type FleetProgram } from './nodes/fleet.ts'
import { createKeys, type Keys } from './nodes/keys.ts'
import { contactPace, StartPace } from './nodes/start-pace.ts'
import { type StartingOptions, startNodes } from './nodes/starting.ts'
import { collectEvidence, type Evidence } from './watch/evidence.ts'

export interface LiveNetworkOptions {
  runner: Runner
  /** Of the runner, for the history. */
  runnerName?: RunnerName
  /** Nodes that share a process, for the history; each has its own if undefined. */
  perProcess?: number
  /** The command line that repeats the run. */
  command: string
  /** @param observed - with the event in it */
  onEvent: (event: HistoryEvent, observed: Network) => void
  /** A start lasts until the node is ready. */
  concurrentStarts: number
  startTimeoutMs?: number
  /** Goes on when it cannot pass any more, to measure what follows; only a network that cannot be there as planned ends it. */
  measuresOn?: boolean
  /** By the names that the plan gives; the runner's own, without flags, if not given. */
  programs?: Readonly<Record<string, FleetProgram>>
  /** Each node is told where to keep its key, so that it can be started again under it. */
  keepsKeys: boolean
  /** A node said ready that way; called after it is in the history. */
  onReady?: (node: FleetNode, line: NodeLine & { type: 'ready' }) => void
  /** When one more node may start, in place of what the host can carry. */
  pace?: Pick<StartPace, 'next'>
  /** In place of the host's. */
  clock?: Clock
  collectEvidence?: typeof collectEvidence
}

export type EndReason = Extract<Observation, { type: 'run-ended' }>['reason']

export class LiveNetwork {
  /** What the history says of it. */
  readonly observed: Network = createNetwork()
  readonly record: RunRecord
  readonly fleet: Fleet
  readonly faults: FaultsInForce
  readonly #runner: Runner
  readonly #starting: StartingOptions
  readonly #keys: Keys | undefined
  readonly #measuresOn: boolean
  readonly #evidence: Evidence
  #isEnding = false
  #firstFullMs: number | undefined
  #firstSpawnMs: number | undefined
  /** Breaches that did not lose the run. */
  #judgedBreaches = 0

  /** @param plan - of which only the nodes are used, and the rest is put into the history */
  constructor(plan: Plan, options: LiveNetworkOptions) {
    const { runner, programs = {}, onEvent, onReady = () => {}, clock = hostClock } = options
    this.record = createRecord(event => {
      observe(this.observed, event)
      this.#firstFullMs ??= this.observed.fullSinceMs
      if (event.type === 'spawned') this.#firstSpawnMs ??= event.atMs
      onEvent(event, this.observed)
    }, clock)
    const { record } = this
    this.#runner = runner
    this.#measuresOn = options.measuresOn ?? false
    this.#keys = options.keepsKeys ? createKeys(runner.keysFolder) : undefined
    this.fleet = new Fleet(plan.nodes, {
      runner,
      record,
      keys: this.#keys,
      programOf: name => programs[name] ?? { args: [] },
      choose: seededChoice(plan.seed),
      onReady: (node, line) => {
        this.#evidence.ready(node.name, node.run, line.addrs)
        onReady(node, line)
      },
      startTimeoutMs: options.startTimeoutMs
    })
    this.faults = new FaultsInForce({
      runner,
      record,
      handles: this.fleet.handles,
      isEnding: () => this.#isEnding
    })
    this.#starting = {
      pace: options.pace ?? this.#paceOf(options),
      concurrentStarts: options.concurrentStarts,
      mayStart: () => this.fleet.mayStart()
    }
    record.add(startOf(plan, options))
    this.#evidence = (options.collectEvidence ?? collectEvidence)(runner, record.add)
  }

  #paceOf({ perProcess, concurrentStarts }: LiveNetworkOptions): Pick<StartPace, 'next'> {
    const until = (condition: () => boolean, ms: number) =>
      this.record.until(() => !this.fleet.mayStart() || condition(), ms)
    if (perProcess === undefined) return new StartPace({ wait: ms => until(() => false, ms) })
    return contactPace({ until, searching: () => searchingNodes(this.observed), maxSearching: concurrentStarts })
  }

  get isEnding(): boolean {
    return this.#isEnding
  }

  /** When all books were right for the first time. */
  get firstFullMs(): number | undefined {
    return this.#firstFullMs
  }

  get firstSpawnMs(): number | undefined {
    return this.#firstSpawnMs
  }

  /** What happened on other machines at the times at which it happened there. */
  get history(): History {
    return atTheirTimes(this.record.history)
  }

  /** It cannot pass any more, whatever follows. */
  isLost(): boolean {
    const isLate = this.fleet.nodes.some(({ state }) => state === 'late') && this.observed.lags.length === 0
    return this.fleet.hasFailed || isLate || (this.#measuresOn ? this.#isDeserted() : this.#isJudgedLost())
  }

  /** Every node that was started has ended, and no other one is about to start. */
  #isDeserted(): boolean {
    const { nodes } = this.fleet
    return (
      nodes.some(({ state }) => state === 'ended') &&
      nodes.every(({ state }) => state === 'ended' || state === 'absent')
    )
  }

  /** Without a plan only one more breach can lose the run: what was excused stays excused. */
  #isJudgedLost(): boolean {
    const { breachCount, plannedSteps } = this.observed
    if (plannedSteps.size === 0 && breachCount === this.#judgedBreaches) return false
    const isOver = isLost(this.observed)
    if (!isOver) this.#judgedBreaches = breachCount
    return isOver
  }

  /** Settles when each of the nodes is ready, has ended, or is late. */
  async start(nodes: readonly FleetNode[]): Promise<void> {
    await startNodes(nodes, node => this.fleet.start(node), this.#starting)
  }

  /**
   * Resolves when the fault is in force.
   *
   * @throws {Error} with the reason, if it could not be injected in time
   */
  async break(fault: InjectedFault, withinMs: number): Promise<void> {
    await this.faults.inject(fault, withinMs)
  }

  /**
   * Heals a fault, if it is in force, and starts the nodes again that it has killed; settles when they are ready, have
   * ended, or are late.
   *
   * @param key - that killed nodes come back with
   * @throws {Error} with the reason, if it could not be healed
   */
  async heal(id: string, key: 'same' | 'new' = 'same'): Promise<void> {
    const injected = this.faults.list.find(each => each.id === id)
    if (injected === undefined) return
    await this.faults.heal(id, async () => {
      const isStillKilled = (node: FleetNode) => this.faults.list.some(other => kills(other, node.name))
      await this.startAgain(
        this.fleet.nodes.filter(node => kills(injected, node.name) && !isStillKilled(node)),
        key
      )
    })
  }

  /**
   * Starts nodes again that have ended, or are about to; settles as `heal` does. What had killed only such nodes is healed.
   *
   * @throws {Error} if one of them does not end
   */
  async startAgain(nodes: readonly FleetNode[], key: 'same' | 'new'): Promise<void> {
    const isBack = (name: NodeName) => nodes.some(node => node.name === name)
    const over = this.faults.list.filter(fault => fault.nodes.every(name => isBack(name) && kills(fault, name)))
    for (const { id } of over) await this.faults.heal(id)
    await startNodes(nodes, node => this.fleet.startAgain(node, key), this.#starting)
  }

  /**
   * Has the node say farewell, and ends it.
   *
   * @throws {Error} if the node is not running
   */
  async leave(node: FleetNode): Promise<void> {
    const { nodes, live } = this.observed
    const peerId = nodes.get(node.name)?.at(-1)?.ready?.peerId
    await this.fleet.leave(node, () => peerId !== undefined && ![...live].some(({ book }) => book.has(peerId)))
  }

  /** Waits until `condition` holds, or the run is ended; whether it held. */
  async until(condition: () => boolean, timeoutMs: number): Promise<boolean> {
    await this.record.until(() => this.#isEnding || condition(), timeoutMs)
    return !this.#isEnding && condition()
  }

  /** From now on nothing begins, and nobody waits any longer. What is in force is proven before. */
  async end(reason: EndReason): Promise<void> {
    if (reason !== 'interrupted') await this.faults.proveAll()
    this.#isEnding = true
    this.fleet.end()
    await this.#evidence.end()
    this.record.add({ type: 'run-ended', reason })
    this.record.look()
  }

  /**
   * Heals what is broken and stops every node; the history is complete afterwards. Never rejects.
   *
   * @param underWay - what acts on the network, and returns once it has ended
   */
  async close(underWay: Promise<unknown>): Promise<void> {
    const failures = await this.faults.healAll()
    for (const [step, why] of failures) {
      this.record.add({ type: 'step', step, state: 'failed', why: `it could not be healed: ${why}` })
    }
    await Promise.allSettled([underWay, this.fleet.stopAll()])
    await this.fleet.stopAll()
    this.#evidence.close()
    this.record.add({ type: 'run-closed', leftovers: await this.#runner.reap() })
    this.#keys?.remove()
  }
}

/** Of one node alone it says nothing that it has found nobody. */
function searchingNodes({ live }: Network): number {
  if (live.size < 2) return 0
  let searching = 0
  for (const run of live) if (run.firstContactAtMs === undefined) searching += 1
  return searching
}

function startOf(plan: Plan, { command, runnerName, perProcess }: LiveNetworkOptions): Observation {
  const { scenario, deadlineMs, settleMs } = plan
  // Those that join later are no part of the network yet.
  const nodes = plan.nodes.filter(({ startsAtOnce }) => startsAtOnce).map(({ name }) => name)
  const startedAt = new Date().toISOString()
  return {
    type: 'run-started',
    v: HISTORY_VERSION,
    startedAt,
    scenario,
    nodes,
    deadlineMs,
    settleMs,
    command,
    ...(runnerName !== undefined && { runner: runnerName }),
    ...(perProcess !== undefined && { perProcess }),
    host: { cores: availableParallelism(), memoryBytes: totalmem(), kernel: `${type()} ${release()}` },
    versions: { testbed: version(), contract: CONTRACT_VERSION, node: process.versions.node },
    plan
  }
}

/** A choice that equal seeds make alike, as long as they are asked for the same. */
function seededChoice(seed: number): <T>(from: readonly T[]) => T | undefined {
  let state = seed
  return from => {
    // The generator of Park and Miller, for which any number will do.
    state = (Math.abs(state) * 48_271 + 11) % 2_147_483_647
    return from[state % from.length]
  }
}
