/** N running nodes of one program, and what their books say. */

import { availableParallelism } from 'node:os'
import { setTimeout as delay } from 'node:timers/promises'
import type { NodeName } from '../src/contract.ts'
import { createNetwork, observe } from '../src/history/network.ts'
import type { Network, NodeRun, PeerId } from '../src/history/observed.ts'
import { createRecord } from '../src/history/record.ts'
import type { NodeHandle, NodeObservation, Runner } from '../src/runners/runner.ts'
import { MeasureError } from './measure-error.ts'
import { meanCpuMs } from './proc.ts'

/** A program under measurement. */
export interface Program {
  readonly name: 'ours' | 'serf'
  readonly runner: Runner
}

/** A node that is ready. */
export interface Member {
  readonly name: NodeName
  readonly handle: NodeHandle
  /** What its process has said. */
  readonly run: NodeRun
  readonly pid: number
}

/** How a fleet came up; times in ms since the first start. */
export interface Start {
  readonly lastReadyMs: number
  readonly fullMs: number
  /** Processor time of one node until then, on average; undefined where it cannot be read. */
  readonly cpuMs: number | undefined
}

const READY_WITHIN_MS = 15_000

/** Longer than anything here takes that comes to an end. */
const PATIENCE_MS = 120_000

export class Fleet {
  readonly program: Program
  /** The first one is whom newcomers are told of. */
  readonly members: Member[] = []
  readonly #interrupt: AbortSignal
  readonly #network: Network = createNetwork()
  readonly #record = createRecord(event => observe(this.#network, event))
  readonly #handles: NodeHandle[] = []
  /** Disturbed on purpose: they may end. */
  readonly #doomed = new Set<NodeName>()
  #start: Start | undefined

  /** Use {@link startFleet}, which leaves nothing behind when it fails. */
  constructor(program: Program, interrupt: AbortSignal) {
    this.program = program
    this.#interrupt = interrupt
    interrupt.addEventListener('abort', this.#record.look, { once: true })
  }

  get size(): number {
    return this.members.length
  }

  get start(): Start {
    return this.#start!
  }

  /** As many starts at a time as there are cores, the first one alone; returns when every book is full. */
  async begin(nodes: number): Promise<void> {
    await this.add()
    const startRest = async () => {
      while (this.#handles.length < nodes) await this.add()
    }
    await Promise.all(Array.from({ length: availableParallelism() }, startRest))
    const fullMs = await this.untilFull()
    const cpuMs = meanCpuMs(this.members.map(({ pid }) => pid))
    const lastReadyMs = Math.max(...this.members.map(({ run }) => run.readyAtMs!))
    this.#start = { lastReadyMs, fullMs, cpuMs }
  }

  /** Starts one more node, which is told of the first one, or of nobody; returns when it is ready. */
  async add({ isAlone = false } = {}): Promise<Member> {
    const index = this.#handles.length
    const name = `n${index + 1}`
    const known = this.members.slice(0, isAlone ? 0 : 1).flatMap(({ run }) => run.ready!.addrs)
    const args = ['--name', name, ...known.flatMap(addr => ['--bootstrap', addr])]
    let pid: number | undefined
    const handle = this.program.runner.start({ node: name, run: 1, index, args }, (seen: NodeObservation) => {
      if (seen.type === 'spawned') pid = seen.pid
      this.#record.add(seen)
    })
    this.#handles.push(handle)
    const run = () => this.#network.nodes.get(name)?.[0]
    const isDecided = () => run()?.readyAtMs !== undefined || endOf(run()) !== undefined
    await this.until(isDecided, `${name} to be ready`, READY_WITHIN_MS)
    const end = endOf(run())
    if (end !== undefined) throw new MeasureError(`${name} did not start: ${end}`)
    const member: Member = { name, handle, run: run()!, pid: pid! }
    this.members.push(member)
    return member
  }

  /** A node that is not the one that newcomers are told of; another one for each `turn` of so many. */
  pick(turn: number, turns: number): Member {
    const position = 1 + Math.floor(((turn + 0.5) / turns) * (this.size - 1))
    return this.members[position]!
  }

  /**
   * Does something that makes the others forget the node; returns how long until the last of them had.
   *
   * @param others - whose books count; all of them if not given
   */
  async timeToForget(member: Member, disturb: () => void, others = this.#others(member)): Promise<number> {
    const fromMs = this.#record.nowMs()
    this.#doomed.add(member.name)
    disturb()
    const peerId = peerIdOf(member)
    await this.until(() => others.every(({ run }) => !run.book.has(peerId)), `${member.name} to be forgotten`)
    return Math.max(...others.map(({ run }) => run.departed.get(peerId)!.atMs)) - fromMs
  }

  /**
   * The same, but counts a newcomer, too, which is told of the first node so long afterwards.
   *
   * @returns undefined if the newcomer was not handed the node
   */
  async timeToForgetBeside(
    newcomer: Member,
    toldAfterMs: number,
    member: Member,
    disturb: () => void
  ): Promise<number | undefined> {
    const fromMs = this.nowMs()
    const [peerId, others] = [peerIdOf(member), this.#others(member)]
    const isFull = () => newcomer.run.book.size >= others.length - 1
    const isOver = () => isFull() && others.every(({ run }) => !run.book.has(peerId))
    this.#doomed.add(member.name)
    disturb()
    await this.pause(toldAfterMs)
    newcomer.handle.send({ type: 'dial', addrs: this.members[0]!.run.ready!.addrs })
    await this.until(isOver, `${member.name} to be forgotten, by a newcomer, too`)
    const isHanded = newcomer.run.departed.has(peerId)
    return isHanded ? Math.max(...others.map(({ run }) => run.departed.get(peerId)!.atMs)) - fromMs : undefined
  }

  nowMs(): number {
    return this.#record.nowMs()
  }

  /** How often one of these nodes dropped another one of them since then. */
  dropsSince(fromMs: number, members: readonly Member[]): number {
    const names = new Set(members.map(({ name }) => name))
    const peers = new Set(members.map(peerIdOf))
    return this.#record.history.filter(event => {
      if (event.type !== 'line' || event.atMs < fromMs || !names.has(event.node)) return false
      const { line } = event
      return (line.type === 'expired' || line.type === 'left') && peers.has(line.peerId)
    }).length
  }

  /** Does something that brings the node back; returns how long until all others list it again. */
  async timeToReturn(member: Member, mend: () => void): Promise<number> {
    const fromMs = this.#record.nowMs()
    mend()
    const listedMs = await this.untilListed(member)
    this.#doomed.delete(member.name)
    return listedMs - fromMs
  }

  /** Returns when the last of the others began to list the node. */
  async untilListed(member: Member): Promise<number> {
    const peerId = peerIdOf(member)
    await this.until(() => this.#others(member).every(({ run }) => run.book.has(peerId)), `all to list ${member.name}`)
    return Math.max(...this.#others(member).map(({ run }) => run.book.get(peerId)!.sinceMs))
  }

  /** Returns when every book became full. */
  async untilFull(): Promise<number> {
    await this.until(() => this.#network.fullSinceMs !== undefined, 'every book to be full')
    return this.#network.fullSinceMs!
  }

  /** Forgets a node that was killed. */
  remove(member: Member): void {
    this.members.splice(this.members.indexOf(member), 1)
  }

  /** Forgets a node that was killed, and starts another one. */
  async replace(member: Member): Promise<void> {
    this.remove(member)
    await this.add()
    await this.untilFull()
  }

  /** Returns once every book has been full for so long. */
  async rest(settleMs: number): Promise<void> {
    for (;;) {
      const fullMs = await this.untilFull()
      const leftMs = fullMs + settleMs - this.#record.nowMs()
      if (leftMs <= 0) return
      await this.pause(leftMs)
    }
  }

  /**
   * @throws {Error} when interrupted
   */
  async pause(ms: number): Promise<void> {
    await delay(ms, undefined, { signal: this.#interrupt })
  }

  /**
   * @throws {MeasureError} when it takes too long, or a node ends that should not
   */
  async until(condition: () => boolean, what: string, timeoutMs = PATIENCE_MS): Promise<void> {
    const isOver = () => this.#interrupt.aborted || this.#fallen() !== undefined || condition()
    const inTime = await this.#record.until(isOver, timeoutMs)
    this.#interrupt.throwIfAborted()
    const fallen = this.#fallen()
    if (fallen !== undefined) throw new MeasureError(`${fallen.name} ended by itself: ${endOf(fallen.run)}`)
    if (!inTime) throw new MeasureError(`waited ${timeoutMs / 1_000} s for ${what}`)
  }

  /** Kills all that is left: a farewell of a whole fleet would only take time. */
  async end(): Promise<void> {
    for (const handle of this.#handles) handle.signal('SIGKILL')
    await Promise.all(this.#handles.map(({ ended }) => ended))
  }

  #others(member: Member): Member[] {
    return this.members.filter(other => other !== member)
  }

  #fallen(): Member | undefined {
    return this.members.find(({ name, run }) => run.exit !== undefined && !this.#doomed.has(name))
  }
}

/** Starts a fleet, and returns when every book is full. */
export async function startFleet(program: Program, nodes: number, interrupt: AbortSignal): Promise<Fleet> {
  const fleet = new Fleet(program, interrupt)
  try {
    await fleet.begin(nodes)
    return fleet
  } catch (error) {
    await fleet.end()
    throw error
  }
}

/** Why a process is no more, if it is no more. */
function endOf(run: NodeRun | undefined): string | undefined {
  if (run?.exit === undefined) return run?.spawnFailure
  return run.exit.stderrTail.at(-1) ?? `exit code ${run.exit.code}, ${run.exit.signal ?? 'no signal'}`
}

function peerIdOf(member: Member): PeerId {
  return member.run.ready!.peerId
}
