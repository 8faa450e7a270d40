/** What options must hold between each other, and towards the host. */
import { MAX_NODES_BY_CHANCE } from '../../explore/generate.ts'
import { clusterValues } from './options.ts'
import type { ExploreUsage, NetworkUsage, RunUsage, ScenarioUsage, SweepUsage } from './usages.ts'
import { KUBERNETES, SIMULATION, UsageError } from './values.ts'

/** What a node takes at most: measured 72-77 MB for ours when ready, the rest for its book and buffers. */
const OWN_NODE_BYTES = 90e6
/** A foreign program may be much smaller: serf takes 14 MB. */
const FOREIGN_NODE_BYTES = 10e6

/** What one more node takes in a process that is there already, and each entry of its book: measured 3.7 MB and 1.2 kB. */
const SHARING_NODE_BYTES = 5e6
const SHARED_ENTRY_BYTES = 2e3

const DEFAULT_ANNOUNCE_INTERVAL_MS = 10_000
const MIN_ANNOUNCEMENTS_PER_TTL = 3

/** @throws {UsageError} */
export function checkRun(usage: RunUsage, availableBytes: number): void {
  const { nodes, deadlineMs, settleMs, bootstrapPeers, mdns } = usage
  checkContainerOptions(usage)
  checkSharing(usage)
  if (runsHere(usage)) checkMemory(usage, nodes, availableBytes)
  checkSettle(settleMs, deadlineMs)
  if (bootstrapPeers > nodes)
    throw new UsageError(`--bootstrap-peers must be at most the ${nodes} nodes, not ${bootstrapPeers}`)
  if (bootstrapPeers === 0 && !mdns) {
    throw new UsageError(
      '--bootstrap-peers must be at least 1, not 0: without one only --mdns lets nodes find each other'
    )
  }
  checkTtl(usage)
}

/**
 * Nodes, deadline and seed may still be those of the scenario.
 *
 * @throws {UsageError}
 */
export function checkScenarioRun(usage: ScenarioUsage, availableBytes: number): void {
  checkContainerOptions(usage)
  checkSharing(usage)
  checkTtl(usage)
  if (usage.deadlineMs !== undefined) checkSettle(usage.settleMs, usage.deadlineMs)
  if (runsHere(usage) && usage.nodes !== undefined && !usage.plan) checkMemory(usage, usage.nodes, availableBytes)
}

/** @throws {UsageError} */
export function checkExploration(usage: ExploreUsage, availableBytes: number): void {
  checkContainerOptions(usage)
  checkTtl(usage)
  if (runsHere(usage)) checkMemory(usage, usage.nodes ?? MAX_NODES_BY_CHANCE, availableBytes)
}

/** @throws {UsageError} */
export function checkSweep(usage: SweepUsage, availableBytes: number): void {
  checkContainerOptions(usage)
  checkTtl(usage)
  if (usage.runner !== undefined && runsHere(usage)) checkMemory(usage, Math.max(...usage.nodes), availableBytes)
}

/** Nodes take memory of this host. */
export function runsHere({ runner }: { runner: string | undefined }): boolean {
  return runner !== SIMULATION && runner !== KUBERNETES
}

/** @throws {UsageError} */
export function checkMemory(usage: Programs, nodes: number, availableBytes: number): void {
  const fitting = Math.floor(availableBytes / bytesOfNode(usage, nodes))
  if (nodes <= fitting) return
  const freeMegabytes = Math.floor(availableBytes / 1e6)
  throw new UsageError(
    `nodes must be at most ${fitting}, for which the ${freeMegabytes} MB of free memory suffice, not ${nodes}`
  )
}

/** What decides how much memory a node takes. */
interface Programs {
  readonly nodeCommand: unknown
  readonly perProcess?: number | undefined
}

/** On average over the nodes of a run. */
function bytesOfNode({ nodeCommand, perProcess }: Programs, nodes: number): number {
  if (nodeCommand !== undefined) return FOREIGN_NODE_BYTES
  if (perProcess === undefined) return OWN_NODE_BYTES
  return OWN_NODE_BYTES / Math.min(perProcess, nodes) + SHARING_NODE_BYTES + nodes * SHARED_ENTRY_BYTES
}

function checkSettle(settleMs: number, deadlineMs: number): void {
  if (settleMs < deadlineMs) return
  throw new UsageError(
    `--settle must be shorter than the deadline of ${deadlineMs / 1_000} s, not ${settleMs / 1_000} s`
  )
}

function checkTtl({ ttlMs, announceIntervalMs }: Pick<NetworkUsage, 'ttlMs' | 'announceIntervalMs'>): void {
  const minTtlMs = MIN_ANNOUNCEMENTS_PER_TTL * (announceIntervalMs ?? DEFAULT_ANNOUNCE_INTERVAL_MS)
  if (ttlMs !== undefined && ttlMs < minTtlMs) {
    throw new UsageError(`--ttl-ms must be at least ${minTtlMs}, three times the announce interval, not ${ttlMs}`)
  }
}

/** Only nodes of the package can be many in one process, and only as processes of this host. */
function checkSharing({ runner, nodeCommand, perProcess }: RunUsage | ScenarioUsage): void {
  if (perProcess === undefined) return
  if (runner !== 'process') throw new UsageError(`--per-process goes with --runner process, not with ${runner}`)
  if (nodeCommand !== undefined)
    throw new UsageError('--per-process goes with the node of the package: a program of --node-command is one node')
}

function checkContainerOptions(usage: RunUsage | ScenarioUsage | ExploreUsage | SweepUsage): void {
  const { runner, image, nodeCommand, memoryBytes, cpus } = usage
  const given = Object.entries({ '--image': image, '--memory': memoryBytes, '--cpus': cpus })
  const name = given.find(([, value]) => value !== undefined)?.[0]
  const isOfImages = runner === 'container' || runner === KUBERNETES
  if (name !== undefined && !isOfImages)
    throw new UsageError(`${name} goes with --runner container or --runner ${KUBERNETES}`)
  if (isOfImages && nodeCommand !== undefined && image === undefined) {
    const where = runner === KUBERNETES ? 'cluster' : 'container'
    throw new UsageError(`--node-command in a ${where} needs --image, the image that holds the program`)
  }
  checkClusterOptions(usage)
}

function checkClusterOptions({
  runner,
  cluster,
  nodeCommand
}: Pick<ScenarioUsage, 'cluster' | 'nodeCommand'> & { runner?: string | undefined }): void {
  const { cutCommand, healCommand, agentImage } = cluster
  const name = Object.entries(clusterValues(cluster)).find(([, value]) => value !== undefined)?.[0]
  if (name !== undefined && runner !== KUBERNETES) throw new UsageError(`${name} goes with --runner ${KUBERNETES}`)
  if ((cutCommand === undefined) !== (healCommand === undefined))
    throw new UsageError('--cut-command and --heal-command go together')
  if (agentImage !== undefined && nodeCommand === undefined)
    throw new UsageError('--agent-image goes with --image and --node-command, which name a program of another image')
}
