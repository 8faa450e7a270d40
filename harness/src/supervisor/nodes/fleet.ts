/** The nodes of a run and their processes: starts them, lets them leave, ends them. Their books are a matter of the history. */
import type { NodeLine, NodeName } from '../../contract.ts'
import type { RunRecord } from '../../history/record.ts'
import type { NodeHandle, NodeObservation, Runner } from '../../runners/runner.ts'
import type { PlannedNode } from '../../scenario/plan.ts'
import type { Keys } from './keys.ts'

/** A node that is not ready by then will not be. Starts are limited, so this is no matter of the network's size. */
const START_TIMEOUT_MS = 15_000

/** A process that was killed is observed to have ended within this. */
const END_WITHIN_MS = 5_000

/** A node that leaves is ended after this at the latest. */
const FAREWELL_WITHIN_MS = 2_000

/** What a node runs. */
export interface FleetProgram {
  /** Program and leading arguments; that of the runner if undefined. */
  readonly command?: readonly [program: string, ...args: string[]]
  /** Flags of the contract that each of its nodes gets. */
  readonly args: readonly string[]
  /** It knows `--state`: a node that is started again under its key finds the others without a bootstrap node. Not assumed. */
  readonly keepsState?: boolean
}

/** One node of the run, with its last process. */
export interface FleetNode extends PlannedNode {
  /** 0 is the first node of the run. */
  readonly index: number
  /** Of the last process; 0 if there was none. */
  run: number
  state: 'absent' | 'starting' | 'late' | 'ready' | 'left' | 'ended'
  /** Of its last `ready` line, of whatever process. */
  addrs: readonly string[]
  /** `book` lines of the last process. */
  books: number
}

export interface FleetOptions {
  runner: Pick<Runner, 'start'>
  record: RunRecord
  programOf: (name: string) => FleetProgram
  /** Undefined if no node of the run is ever started again. */
  keys: Keys | undefined
  /** Whom a newcomer is told of when none of its bootstrap nodes is alive. */
  choose: (nodes: readonly FleetNode[]) => FleetNode | undefined
  onReady: (node: FleetNode, line: NodeLine & { type: 'ready' }) => void
  startTimeoutMs?: number | undefined
}

export class Fleet {
  readonly nodes: FleetNode[]
  /** The last process of each node that has one; follows what happens. */
  readonly handles = new Map<NodeName, NodeHandle>()
  readonly #options: FleetOptions
  #ending = false
  #spawnFailed = false

  constructor(planned: readonly PlannedNode[], options: FleetOptions) {
    this.nodes = []
    this.#options = options
    for (const node of planned) this.add(node)
  }

  add(planned: PlannedNode): FleetNode {
    const node: FleetNode = { ...planned, index: this.nodes.length, run: 0, state: 'absent', addrs: [], books: 0 }
    this.nodes.push(node)
    return node
  }

  /** @throws {Error} if there is no node of that name */
  node(name: NodeName): FleetNode {
    const node = this.nodes.find(each => each.name === name)
    if (node === undefined) throw new Error(`there is no node ${name}`)
    return node
  }

  /** What could not be started once will not start another time. */
  mayStart(): boolean {
    return !this.#ending && !this.#spawnFailed
  }

  /** No node starts from now on, and nobody waits for those that are starting. */
  end(): void {
    this.#ending = true
  }

  /** A process could not be started at all. */
  get hasFailed(): boolean {
    return this.#spawnFailed
  }

  /** Settles when the node is ready, has ended, or is late. One that runs already is left as it is. */
  async start(node: FleetNode): Promise<void> {
    if (node.state !== 'absent' && node.state !== 'ended') return
    const { record, keys, programOf, startTimeoutMs = START_TIMEOUT_MS } = this.#options
    const { command, args, keepsState = false } = programOf(node.program)
    const listen = node.run > 0 ? endpointOf(node.addrs) : undefined
    const bootstrap = this.#bootstrapOf(node).flatMap(addr => ['--bootstrap', addr])
    node.run += 1
    node.state = 'starting'
    node.books = 0
    const spec = {
      node: node.name,
      run: node.run,
      index: node.index,
      args: ['--name', node.name, ...bootstrap, ...(keys?.argsOf(node.name, keepsState) ?? []), ...args],
      ...(command !== undefined && { command }),
      ...(listen !== undefined && { listen })
    }
    this.handles.set(
      node.name,
      this.#options.runner.start(spec, seen => this.#observe(node, seen))
    )
    const isDecided = () => node.state !== 'starting' || this.#ending
    if (await record.until(isDecided, startTimeoutMs)) return
    node.state = 'late'
    record.look()
  }

  /**
   * Starts a node again that has ended; settles as `start` does. A node that does not end is left as it is.
   *
   * @throws {Error} if the node did not end
   */
  async startAgain(node: FleetNode, key: 'same' | 'new'): Promise<void> {
    const hasEnded = () => node.state === 'ended' || this.#ending
    if (!(await this.#options.record.until(hasEnded, END_WITHIN_MS))) throw new Error(`${node.name} did not end`)
    if (!this.mayStart()) return
    if (key === 'new') this.#options.keys?.renew(node.name)
    await this.start(node)
  }

  /**
   * Has the node say farewell, and ends it when everybody has heard that.
   *
   * @param hasHeard - whether everybody has
   * @throws {Error} if the node is not running
   */
  async leave(node: FleetNode, hasHeard: () => boolean): Promise<void> {
    if (node.state !== 'ready') throw new Error(`${node.name} cannot leave: it is not running`)
    const { record } = this.#options
    const handle = this.handles.get(node.name)
    node.state = 'left'
    record.add({ type: 'leave-requested', node: node.name, run: node.run })
    handle?.send({ type: 'leave' })
    await record.until(() => hasHeard() || this.#ending, FAREWELL_WITHIN_MS)
    await handle?.stop()
  }

  /** Settles when no process is left. */
  async stopAll(): Promise<void> {
    await Promise.all([...this.handles.values()].map(handle => handle.stop()))
  }

  /** The addresses that a node is told when it starts. */
  #bootstrapOf(node: FleetNode): readonly string[] {
    const ready = this.nodes.filter(each => each.state === 'ready' && each !== node)
    const known = ready.filter(({ name }) => node.bootstrap.includes(name))
    if (known.length > 0 || node.bootstrap.length === 0) return known.flatMap(({ addrs }) => addrs)
    const open = ready.filter(({ behind }) => behind === undefined)
    return this.#options.choose(open.length > 0 ? open : ready)?.addrs ?? []
  }

  #observe(node: FleetNode, seen: NodeObservation): void {
    const line = seen.type === 'line' ? seen.line : undefined
    if (line?.type === 'ready') {
      node.addrs = line.addrs
      if (node.state === 'starting' || node.state === 'late') node.state = 'ready'
    }
    if (line?.type === 'book') node.books += 1
    if (seen.type === 'exited' || seen.type === 'spawn-failed') node.state = 'ended'
    if (seen.type === 'spawn-failed') this.#spawnFailed = true
    this.#options.record.add(seen)
    if (line?.type === 'ready') this.#options.onReady(node, line)
  }
}

/** IP and port of the first address that has them: where a node listens that starts again. */
function endpointOf(addrs: readonly string[]): string | undefined {
  return addrs.map(addr => /^\/ip[46]\/[^/]+\/tcp\/[1-9]\d*/.exec(addr)?.[0]).find(found => found !== undefined)
}
