/** A network under test for programs in JavaScript: the machine of the command line, driven by calls instead of a plan. */
import { availableParallelism } from 'node:os'
import type { RunnerName } from '../runners/names.ts'
import { runners } from '../runners/registry.ts'
import { ONLY_PROGRAM, planColdStart } from '../scenario/cold-start.ts'
import { LiveNetwork } from '../supervisor/live-network.ts'
import { TestNetwork } from './test-network.ts'

export interface NetworkOptions {
  /**
   * How many nodes are started, at least 2.
   *
   * @default 5
   */
  readonly nodes?: number
  /**
   * Program and leading arguments of every node, started without a shell; it keeps docs/CONTRACT.md. The node program of
   * this package if not given.
   */
  readonly command?: readonly [program: string, ...args: string[]]
  /** Flags of the contract that every node gets, such as `['--ttl-ms', '30000']`. */
  readonly nodeArgs?: readonly string[]
  /**
   * Where the nodes run.
   *
   * @default 'process'
   */
  readonly runner?: RunnerName
  /** The image, for `runner: 'container'` and `'kubernetes'`; that of the node program of this package if not given. */
  readonly image?: string
  /**
   * How long every check must hold before the network counts as complete, in ms.
   *
   * @default 1000
   */
  readonly settleMs?: number
  /**
   * Every later node is told the addresses of this many first ones.
   *
   * @default 1
   */
  readonly bootstrapPeers?: number
}

/**
 * Starts a network. Resolves when every node is ready, which does not yet mean that they know each other: see
 * {@link TestNetwork.complete}.
 *
 * @example
 * ```ts
 * const net = await network({ nodes: 10, command: ['node', 'my-node.js'] })
 * try {
 *   await net.complete({ within: 20_000 })
 *   await net.node(3).kill()
 *   await net.complete({ within: 20_000 })
 * } finally {
 *   await net.close()
 * }
 * ```
 *
 * @throws {Error} with the first thing that is wrong, when not every node became ready; nothing is left then
 */
export async function network(options: NetworkOptions = {}): Promise<TestNetwork> {
  const { nodes = 5, command, nodeArgs = [], settleMs = 1_000, bootstrapPeers = 1 } = options
  if (!Number.isInteger(nodes) || nodes < 2)
    throw new RangeError(`nodes must be a whole number of at least 2, not ${nodes}`)
  const keepsState = command === undefined && options.runner !== 'container' && options.runner !== 'kubernetes'
  // The history says that there is no deadline but those of the calls.
  const plan = planColdStart({ scenario: 'network', nodes, bootstrapPeers, deadlineMs: 0, settleMs })
  const runner = await runners[options.runner ?? 'process']({
    nodes: plan.nodes.map(({ name }) => name),
    seed: plan.seed,
    nodeCommand: command,
    image: options.image,
    memoryBytes: undefined,
    cpus: undefined,
    logPathOf: () => undefined,
    say: () => {}
  })
  const live = new LiveNetwork(plan, {
    runner,
    command: '',
    concurrentStarts: availableParallelism(),
    programs: { [ONLY_PROGRAM]: { args: nodeArgs, keepsState } },
    keepsKeys: true,
    onEvent: () => {}
  })
  const net = new TestNetwork(live, runner, { settleMs, bootstrapPeers })
  await net.begin()
  return net
}
