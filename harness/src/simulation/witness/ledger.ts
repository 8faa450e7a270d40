/**
 * What the rules ask of the books of a network that is too large to keep every event: kept up to date with each of them, in
 * columns. It sees what `history/` would fold from a whole history, and in the same words.
 */
import type { NodeName } from '../../contract.ts'
import type { Fault } from '../../faults/fault.ts'
import { TAKES_AWAY } from '../../history/fold/replay-plan.ts'
import type { Observation } from '../../history/history.ts'
import type { Network } from '../../history/observed.ts'
import { graceMsOf } from '../../judge/causes/aftermath.ts'
import { FAREWELL_WITHIN_MS } from '../../judge/rules/accurate.ts'
import type { Plan } from '../../scenario/plan.ts'
import type { Machine } from '../host/machine.ts'
import type { NodeProcess } from '../host/node-process.ts'
import type { BookChange } from '../host/world.ts'
import type { Agreement } from '../watch/agreement.ts'
import { DropLog, type SeenDrop } from './drop-log.ts'
import { DueDrops, type SaidFarewell } from './due-drops.ts'
import { FullSpans, type Wholeness } from './full-spans.ts'
import { SteadinessLog } from './steadiness-log.ts'

/** A fault in force, or one that was. */
export interface FaultSpan {
  readonly id: string
  readonly names: readonly NodeName[]
  readonly fromMs: number
  readonly due: DueDrops | undefined
  healedAtMs: number
  /** Since the undo was proved. */
  whole?: Wholeness
}

export interface LedgerInit {
  readonly plan: Plan
  readonly agreement: Agreement
  readonly machines: readonly Machine[]
  /** By node: where it runs now, under its present key. */
  readonly hosts: ReadonlyMap<NodeName, Machine>
}

type EventOf<Type extends Observation['type']> = Extract<Observation, { type: Type }>

const NEVER = Number.POSITIVE_INFINITY

export class Ledger {
  readonly plan: Plan
  readonly agreement: Agreement
  readonly machines: readonly Machine[]
  readonly full = new FullSpans()
  readonly drops = new DropLog()
  readonly steadiness: SteadinessLog
  readonly faults: FaultSpan[] = []
  readonly farewells: SaidFarewell[] = []
  /** Nodes that should be there, and are not yet. */
  readonly awaited: Set<NodeName>
  /** How long after a heal nodes may still be dropped for what the fault did. */
  readonly graceMs: number
  /** When the first node started, and the last of those that are there from the beginning. */
  readonly startedMs: { first?: number; last?: number } = {}
  readonly #firstWave: Set<NodeName>
  readonly #hosts: LedgerInit['hosts']
  readonly #inForce = new Map<string, FaultSpan>()
  /** By subject, what is due. */
  readonly #due = new Map<number, Set<DueDrops>>()
  readonly #machinesOf: ReadonlyMap<NodeName, readonly number[]>
  /** By machine: faults in force at it, when the last one was healed, and whether it started before that. */
  readonly #hits: Int32Array
  readonly #healedMs: Float64Array
  /** By name and run: when a process ended, or was told to leave. */
  readonly #ended = new Map<string, number>()
  /** Nothing was broken on purpose, or the network has healed since. */
  #isWhole = true
  #isOver = false

  constructor({ plan, agreement, machines, hosts }: LedgerInit) {
    this.plan = plan
    this.agreement = agreement
    this.machines = machines
    this.#hosts = hosts
    this.steadiness = new SteadinessLog({
      machines: machines.length,
      allowed: plan.bounds.changesOfMind,
      isRunning: machine => this.running(machine) !== undefined,
      isFull: () => this.full.sinceMs !== undefined
    })
    this.awaited = new Set(plan.nodes.filter(({ startsAtOnce }) => startsAtOnce).map(({ name }) => name))
    const byName = Map.groupBy(machines, ({ name }) => name)
    this.#firstWave = new Set(this.awaited)
    this.#machinesOf = new Map([...byName].map(([name, own]) => [name, own.map(({ index }) => index)]))
    this.#hits = new Int32Array(machines.length)
    this.#healedMs = new Float64Array(machines.length).fill(Number.NEGATIVE_INFINITY)
    this.graceMs = graceMsOf(plan.bounds)
  }

  isHit(machine: number): boolean {
    return this.#hits[machine]! > 0
  }

  /** Its process, if it has one that has not been told to leave. */
  running(machine: number): NodeProcess | undefined {
    const { process } = this.machines[machine]!
    return process?.isLeaving === true ? undefined : process
  }

  /** When that process ended, or was told to leave; infinity if it did not. */
  endOf(machine: number, run: number): number {
    return this.#ended.get(`${this.machines[machine]!.name} ${run}`) ?? NEVER
  }

  /** The books, or who runs, may have changed. */
  note(atMs: number): void {
    const isFull = this.awaited.size === 0 && this.agreement.isFull
    this.full.note(isFull, atMs)
    if (isFull && this.#inForce.size === 0) this.#isWhole = true
  }

  observed(atMs: number, observation: Observation): void {
    switch (observation.type) {
      case 'step':
        this.#stepChanged(observation)
        break
      case 'fault-injected':
        this.#injected(atMs, observation)
        break
      case 'fault-healed':
        this.#healed(atMs, observation)
        break
      case 'fault-proof':
        if (observation.of === 'undo') this.#undone(atMs, observation)
        break
      case 'run-ended':
        this.#isOver = true
    }
    this.note(atMs)
  }

  started({ machine, startedMs }: NodeProcess): void {
    this.awaited.delete(machine.name)
    this.steadiness.began(machine.index)
    if (!this.#firstWave.delete(machine.name)) return
    this.startedMs.first ??= startedMs
    if (this.#firstWave.size === 0) this.startedMs.last = startedMs
  }

  settled(process: NodeProcess): void {
    this.steadiness.settled(process.index, process.book().size, process.nowMs)
  }

  left({ machine, run, startedMs }: NodeProcess, atMs: number): void {
    const { name, index } = machine
    const due = this.isHit(index) ? this.#dueFor([], NEVER, () => true) : this.#dueFor([name], atMs, isToldInTime(atMs))
    this.farewells.push({ node: name, run, startedMs, atMs, due })
    this.#end(machine, run, atMs)
  }

  exited({ machine, run }: NodeProcess, atMs: number): void {
    this.#end(machine, run, atMs)
  }

  /** Before the books note it: the drop, if a live node was dropped. */
  changed(process: NodeProcess, change: BookChange, subject: number, ordinal: number): SeenDrop | undefined {
    const { index: observer, nowMs: atMs } = process
    this.steadiness.changed(observer, atMs)
    if (change === 'joined') {
      this.steadiness.listed(observer, subject, this.#isHealthy(observer, atMs), atMs)
      return undefined
    }
    const due = this.#due.get(subject)
    if (change === 'updated') {
      if (due !== undefined && this.#isReplaced(observer, subject, ordinal)) {
        for (const each of due) each.dropped(observer, subject, 'replaced', atMs)
      }
      return undefined
    }
    const how = change === 'left' ? 'left' : 'expired'
    if (due !== undefined) for (const each of due) each.dropped(observer, subject, how, atMs)
    return this.#dropOf(process, subject, how)
  }

  #dropOf(process: NodeProcess, subject: number, how: SeenDrop['how']): SeenDrop | undefined {
    const { index: observer, nowMs: atMs, run } = process
    const dropped = this.running(subject)
    if (dropped === undefined || !this.agreement.isCurrent(observer, subject)) return undefined
    const isAftermath = how === 'expired' && [process, dropped].some(each => this.#hasJustRecovered(each, atMs))
    const [isHealthyObserver, isHealthySubject] = [observer, subject].map(each => this.#isHealthy(each, atMs))
    const isHealthy = isHealthyObserver! && isHealthySubject!
    const runs = { observerRun: run, subjectRun: dropped.run }
    const drop = { observer, subject, ...runs, how, atMs, isUncalledFor: this.#isWhole && !isAftermath, isHealthy }
    this.drops.add(drop)
    if (how === 'expired') this.steadiness.dropped(observer, subject, isHealthyObserver!, atMs)
    if (how === 'expired' && isHealthySubject!) this.steadiness.dropsOfHealthy++
    return drop
  }

  #isReplaced(observer: number, subject: number, ordinal: number): boolean {
    const { agreement } = this
    if (!agreement.isListed(observer, subject) || agreement.isCurrent(observer, subject)) return false
    return ordinal >= agreement.firstOrdinal(subject)
  }

  #isHealthy(machine: number, atMs: number): boolean {
    return !this.isHit(machine) && atMs > this.#healedMs[machine]! + this.graceMs
  }

  #hasJustRecovered({ index, startedMs }: NodeProcess, atMs: number): boolean {
    const healedMs = this.#healedMs[index]!
    return startedMs < healedMs && atMs <= healedMs + this.graceMs
  }

  #stepChanged({ step, state }: EventOf<'step'>): void {
    const action = this.plan.steps.find(({ id }) => id === step)?.action
    if (action?.type === 'join' && state === 'begun') {
      for (const name of action.nodes) if (this.#hosts.get(name)?.runs === 0) this.awaited.add(name)
    } else if (action?.type === 'restart') {
      for (const name of action.nodes) {
        if (state === 'begun') this.awaited.add(name)
        else this.awaited.delete(name)
      }
    }
  }

  #injected(atMs: number, { fault: id, nodes: names, what }: EventOf<'fault-injected'>): void {
    this.full.nextFault(atMs)
    const { detectWithinMs = NEVER } = this.plan.bounds
    const due = isTakingAway(what)
      ? this.#dueFor(names, atMs + detectWithinMs, (_, droppedAtMs) => droppedAtMs <= atMs + detectWithinMs)
      : undefined
    const span: FaultSpan = { id, names, fromMs: atMs, due, healedAtMs: NEVER }
    this.faults.push(span)
    this.#inForce.set(id, span)
    this.#isWhole = false
    this.#hit(names, machine => {
      this.#hits[machine]! += 1
    })
  }

  #healed(atMs: number, { fault: id }: EventOf<'fault-healed'>): void {
    const span = this.#inForce.get(id)
    if (span === undefined) return
    span.healedAtMs = atMs
    this.#inForce.delete(id)
    this.#hit(span.names, machine => {
      this.#hits[machine]! -= 1
      this.#healedMs[machine] = atMs
    })
  }

  #undone(atMs: number, { fault }: EventOf<'fault-proof'>): void {
    const span = this.faults.findLast(({ id }) => id === fault)
    if (span !== undefined) span.whole = this.full.undone(atMs)
  }

  #hit(names: readonly NodeName[], change: (machine: number) => void): void {
    for (const name of new Set(names)) for (const machine of this.#machinesOf.get(name) ?? []) change(machine)
  }

  /** Listings of these nodes in the books of nodes that no fault hits. */
  #dueFor(names: readonly NodeName[], dueMs: number, isInTime: (how: string, atMs: number) => boolean): DueDrops {
    const gone = new Set(names)
    const observers = this.machines.filter(({ index, name }) => {
      return this.running(index) !== undefined && !this.isHit(index) && !gone.has(name)
    })
    const subjects = names.map(name => this.#hosts.get(name)!).filter(({ runs }) => runs > 0)
    const due = new DueDrops(
      subjects.map(({ index }) => index),
      observers.map(({ index }) => index),
      (observer, subject) => this.agreement.isListed(observer, subject),
      { machines: this.machines.length, isInTime, runOf: observer => this.machines[observer]!.runs, dueMs }
    )
    for (const { index } of subjects) this.#due.set(index, (this.#due.get(index) ?? new Set()).add(due))
    return due
  }

  #end({ name, index }: Machine, run: number, atMs: number): void {
    const process = `${name} ${run}`
    // What ends after the run is taken down.
    if (this.#isOver || this.#ended.has(process)) return
    this.#ended.set(process, atMs)
    for (const due of new Set([...this.#due.values()].flatMap(each => [...each]))) due.ended(index, atMs)
  }
}

function isTakingAway(what: Fault | undefined): boolean {
  return what !== undefined && TAKES_AWAY.has(what.type)
}

function isToldInTime(saidAtMs: number) {
  return (how: string, atMs: number) => how === 'left' && atMs <= saidAtMs + FAREWELL_WITHIN_MS
}

/** What the rulings of this room are made from. */
export interface Case {
  readonly ledger: Ledger
  /** Folded from the digest. */
  readonly network: Network
  /** Why the end of the run shows nothing of what is owed in the end; undefined if it does. */
  readonly whyNotOwed: string | undefined
  /** The line of the digest that says how far the books agreed in the end. */
  readonly countsLine: number
}
