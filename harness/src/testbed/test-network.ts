/** The network that a program has in hand. */
import type { NodeName } from '../contract.ts'
import type { Fault } from '../faults/fault.ts'
import type { History } from '../history/history.ts'
import { judge } from '../judge/judge.ts'
import type { Judgement } from '../judge/judgement.ts'
import type { Runner } from '../runners/runner.ts'
import { ONLY_PROGRAM } from '../scenario/cold-start.ts'
import { awaitEnd } from '../supervisor/ending.ts'
import type { EndReason, LiveNetwork } from '../supervisor/live-network.ts'
import type { FleetNode } from '../supervisor/nodes/fleet.ts'

const DEFAULT_WITHIN_MS = 30_000
const INJECT_WITHIN_MS = 30_000

/** A node by its number, from 1, or by its name, `n3`. */
export type NodeReference = number | NodeName

/** What is broken until it is healed. */
export interface Broken extends AsyncDisposable {
  /**
   * Heals it; killed nodes start again. A second call does nothing.
   *
   * @throws {Error} if it could not be healed
   */
  heal(): Promise<void>
  /** As `heal`. */
  close(): Promise<void>
}

/** One node of a network. Its calls reject when the runner cannot do what they ask, with what would. */
export interface TestNode {
  readonly name: NodeName
  /** Kills its process at once, without a farewell. `restart` brings it back, as does healing what this gives. */
  kill(): Promise<Broken>
  /** Stops its process (SIGSTOP), as if its host were frozen. */
  pause(): Promise<Broken>
  /** Has it say farewell, and ends its process. */
  leave(): Promise<void>
  /**
   * Kills it, if it runs, and starts it again at its old address; resolves when it is ready.
   *
   * @param options - `key: 'new'`: as a stranger, with a peer id that nobody knows; under its old key if not given
   */
  restart(options?: { readonly key?: 'same' | 'new' }): Promise<void>
}

/**
 * Started by `network()`. Ends with `close()`, or at the end of the block of an `await using`; every process ends with it.
 */
export class TestNetwork implements AsyncDisposable {
  readonly #live: LiveNetwork
  readonly #runner: Runner
  readonly #options: { readonly settleMs: number; readonly bootstrapPeers: number }
  #faults = 0
  #hasMissed = false
  #closing: Promise<void> | undefined

  /** @internal */
  constructor(live: LiveNetwork, runner: Runner, options: { settleMs: number; bootstrapPeers: number }) {
    this.#live = live
    this.#runner = runner
    this.#options = options
  }

  /** Everything that was observed so far. */
  get history(): History {
    return this.#live.history
  }

  /** Every node, whatever became of it. */
  get nodes(): readonly TestNode[] {
    return this.#live.fleet.nodes.map(node => this.#faceOf(node))
  }

  /** @throws {Error} if there is no such node */
  node(reference: NodeReference): TestNode {
    return this.#faceOf(this.#find(reference))
  }

  /**
   * Resolves when every node lists every other one, as far as what is broken lets it, and all checks have held for the settle
   * time.
   *
   * @param options - `within`: in ms, 30,000 if not given
   * @throws {Error} with what is wrong, when that is not so in time, or cannot be any more
   */
  async complete({ within = DEFAULT_WITHIN_MS }: { readonly within?: number } = {}): Promise<void> {
    const reason = await this.#settle(within)
    if (reason === 'settled') return
    this.#hasMissed = true
    throw new Error(firstFinding(this.history, reason))
  }

  /** Starts one more node; resolves when it is ready. */
  async start(): Promise<TestNode> {
    const { fleet } = this.#live
    const bootstrap = fleet.nodes.slice(0, this.#options.bootstrapPeers).map(({ name }) => name)
    const name = `n${fleet.nodes.length + 1}`
    const node = fleet.add({ name, program: ONLY_PROGRAM, bootstrap, startsAtOnce: false })
    await this.#live.start([node])
    this.#requireReady([node])
    return this.#faceOf(node)
  }

  /**
   * Lets no packet pass between the groups; nodes that are in none are one more group.
   *
   * @example
   * ```ts
   * const split = await net.partition([[1, 2, 3], [4, 5, 6]])
   * await split.heal()
   * ```
   * @throws {Error} if the runner cannot do that, with what would
   */
  async partition(groups: readonly (readonly NodeReference[])[]): Promise<Broken> {
    const names = groups.map(group => group.map(reference => this.#find(reference).name))
    return await this.break({ type: 'partition', groups: names })
  }

  /**
   * Breaks something else; nodes are named `n1`, `n2`, ...
   *
   * @throws {Error} if the runner cannot do that, with what would
   */
  async break(fault: Fault): Promise<Broken> {
    const why = this.#runner.faults.cannot(fault)
    if (why !== undefined) throw new Error(why)
    const nodes = fault.type === 'partition' ? fault.groups.flat() : fault.nodes
    this.#faults += 1
    const id = `f${this.#faults}`
    await this.#live.break({ id, fault, nodes, isLasting: true }, INJECT_WITHIN_MS)
    const heal = async () => await this.#live.heal(id)
    return { heal, close: heal, [Symbol.asyncDispose]: heal }
  }

  /**
   * Ends the network and judges all that was observed, to the end of the last process.
   *
   * @param options - `within`: how long it may take until all checks hold, in ms; 30,000 if not given
   */
  async verdict({ within = DEFAULT_WITHIN_MS }: { readonly within?: number } = {}): Promise<Judgement> {
    if (this.#closing === undefined) await this.#end(this.#hasMissed ? 'deadline' : await this.#settle(within))
    await this.close()
    return judge(this.history)
  }

  /** Heals what is broken, ends every node, and gives back what the runner held. A second call does nothing. */
  async close(): Promise<void> {
    await this.#end('interrupted')
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }

  /** @internal */
  async begin(): Promise<void> {
    await this.#live.start(this.#live.fleet.nodes)
    try {
      this.#requireReady(this.#live.fleet.nodes)
    } catch (error) {
      await this.close()
      throw error
    }
  }

  #end(reason: EndReason): Promise<void> {
    this.#closing ??= (async () => {
      await this.#live.end(reason)
      await this.#live.close(Promise.resolve())
      await this.#runner.close()
    })()
    return this.#closing
  }

  async #settle(withinMs: number): Promise<EndReason> {
    const { record } = this.#live
    return await awaitEnd(this.#live, {
      deadlineMs: record.nowMs() + withinMs,
      settleMs: this.#options.settleMs,
      isDone: () => true,
      isLost: () => this.#live.isLost(),
      isInterrupted: () => this.#live.isEnding,
      starting: Promise.resolve()
    })
  }

  #requireReady(nodes: readonly FleetNode[]): void {
    const names = nodes.filter(({ state }) => state !== 'ready').map(({ name }) => name)
    if (names.length > 0)
      throw new Error(`${names.join(', ')} did not become ready: ${firstFinding(this.history, 'decided')}`)
  }

  #find(reference: NodeReference): FleetNode {
    return this.#live.fleet.node(typeof reference === 'number' ? `n${reference}` : reference)
  }

  #faceOf(node: FleetNode): TestNode {
    const nodes = [node.name]
    return {
      name: node.name,
      kill: async () => await this.break({ type: 'kill', nodes }),
      pause: async () => await this.break({ type: 'pause', nodes }),
      leave: async () => await this.#live.leave(node),
      restart: async ({ key = 'same' } = {}) => {
        if (node.state !== 'ended') await this.break({ type: 'kill', nodes })
        await this.#live.startAgain([node], key)
        this.#requireReady([node])
      }
    }
  }
}

/** What is wrong in a sentence, as if the run had ended at this moment for this reason; what could not be told if nothing is. */
function firstFinding(history: History, reason: EndReason): string {
  const atMs = history.at(-1)?.atMs ?? 0
  const { findings, notJudged, outcome } = judge([...history, { atMs, type: 'run-ended', reason }])
  const [first] = findings
  if (first !== undefined) return first.message
  return outcome === 'unknown' ? notJudged.join('; ') : 'the checks did not hold for the settle time'
}
