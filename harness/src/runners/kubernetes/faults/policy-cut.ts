/** Cuts nodes apart by network policies: only in a cluster that was seen to carry them out, on open connections too. */
import { setTimeout as delay } from 'node:timers/promises'
import type { V1OwnerReference } from '@kubernetes/client-node'
import type { NodeName } from '../../../contract.ts'
import type { FaultInForce, Proof } from '../../../faults/fault.ts'
import type { Cluster } from '../cluster/cluster.ts'
import { policyName, SIDE_LABEL, sidePolicy, silencePolicy } from '../cluster/objects.ts'
import type { Pod, Pods } from '../node/pods.ts'
import type { KubernetesRun } from '../run.ts'
import type { NetworkCutter } from './faults.ts'

/** A cluster carries a policy out within this, or not at all. */
const CARRIED_OUT_WITHIN_MS = 10_000
/** Agents are heard twice a second. */
const SILENT_AFTER_MS = 2_500
const LOOK_EVERY_MS = 100
const DIAL_WITHIN_MS = 3_000
/** Pairs of nodes that a proof tries, of each kind. */
const MAX_PAIRS = 3

const PROBED_SIDE = 'probed'

export interface PolicyOptions {
  readonly cluster: Cluster
  readonly run: KubernetesRun
  readonly owner: V1OwnerReference
  readonly pods: Pods
}

/**
 * Silences one pod for a moment. The reason why policies cut nothing in this cluster; undefined if they do.
 *
 * @param pod - of a node that has not begun
 */
export async function probePolicies(
  { cluster, run, owner, pods }: PolicyOptions,
  pod: Pod
): Promise<string | undefined> {
  const isSilent = () => performance.now() - pods.heardAtMs(pod) > SILENT_AFTER_MS
  try {
    await cluster.labelPod(pod.name, { [SIDE_LABEL]: PROBED_SIDE })
    await cluster.createPolicy(silencePolicy(run, owner, PROBED_SIDE))
    const bites = await becomes(isSilent, CARRIED_OUT_WITHIN_MS)
    await cluster.deletePolicy(policyName(run, PROBED_SIDE))
    if (!bites) return 'this cluster takes network policies and does not carry them out, or not on open connections'
    const isBack = await becomes(() => !isSilent(), CARRIED_OUT_WITHIN_MS)
    return isBack ? undefined : 'a pod of this cluster is not heard again when its network policy is gone'
  } catch (error) {
    await cluster.deletePolicy(policyName(run, PROBED_SIDE)).catch(() => {})
    return (error as Error).message
  }
}

export interface PolicyCutOptions extends PolicyOptions {
  /** Why policies cut nothing; undefined if they do. */
  readonly refusal: string | undefined
  readonly nodes: readonly NodeName[]
  readonly podOf: (node: NodeName) => Pod | undefined
  /** `<address>:<port>`, where the node has said that it listens. */
  readonly endpointOf: (node: NodeName) => string | undefined
}

export function createPolicyCut(options: PolicyCutOptions): NetworkCutter {
  const { cluster, run, owner, nodes, podOf, refusal } = options
  return {
    cannot: () => refusal,
    async cut({ groups }) {
      const sides = sidesOf(nodes, groups)
      const names = sides.map((_, side) => `side-${side}`)
      const labelled = sides.flatMap((side, index) => side.map(node => [podOf(node), names[index]!] as const))
      await Promise.all(
        labelled.map(async ([pod, side]) => pod && (await cluster.labelPod(pod.name, { [SIDE_LABEL]: side })))
      )
      const remove = async () =>
        void (await Promise.all(names.map(side => cluster.deletePolicy(policyName(run, side)))))
      try {
        for (const side of names) await cluster.createPolicy(sidePolicy(run, owner, side))
      } catch (error) {
        await remove().catch(() => {})
        throw error
      }
      return policiesInForce(options, sides, remove)
    }
  }
}

/** The groups, and the nodes that none names as one more. */
function sidesOf(nodes: readonly NodeName[], groups: readonly (readonly NodeName[])[]): (readonly NodeName[])[] {
  const named = new Set(groups.flat())
  const rest = nodes.filter(node => !named.has(node))
  return [...groups, ...(rest.length > 0 ? [rest] : [])]
}

type Pair = readonly [from: NodeName, to: NodeName]

function policiesInForce(
  { pods, podOf, endpointOf }: PolicyCutOptions,
  sides: readonly (readonly NodeName[])[],
  remove: () => Promise<void>
): FaultInForce {
  let healed = false
  const dials = async ([from, to]: Pair): Promise<boolean | undefined> => {
    const [pod, host] = [podOf(from), endpointOf(to)]
    if (pod === undefined || host === undefined) return undefined
    const answer = await pods.ask(pod, { type: 'dial', host }, DIAL_WITHIN_MS)
    return answer?.type === 'dialed' ? answer.result === 'connected' : undefined
  }
  return {
    async prove(): Promise<Proof> {
      const [across, within] = [pairsAcross(sides), pairsWithin(sides)]
      const [crossed, stayed] = await Promise.all([across, within].map(pairs => Promise.all(pairs.map(dials))))
      if ([...crossed!, ...stayed!].includes(undefined))
        return { result: 'inconclusive', seen: 'not every pod told whether it could dial another one' }
      const wrong = [
        ...across.filter((_, index) => crossed![index] !== healed).map(pair => wordsOf(pair, !healed)),
        ...within.filter((_, index) => stayed![index] !== true).map(pair => wordsOf(pair, false))
      ]
      const seen = healed
        ? 'nodes of different groups can dial each other again'
        : 'nodes of different groups cannot dial each other'
      return wrong.length === 0 ? { result: 'confirmed', seen } : { result: 'mismatch', seen: wrong.join(', ') }
    },
    async undo() {
      if (healed) return
      await remove()
      healed = true
    }
  }
}

function pairsAcross(sides: readonly (readonly NodeName[])[]): Pair[] {
  return sides
    .slice(1)
    .flatMap((side, index) => pairUp(side, sides[index]!))
    .slice(0, MAX_PAIRS)
}

function pairsWithin(sides: readonly (readonly NodeName[])[]): Pair[] {
  return sides.flatMap(side => pairUp(side, side.slice(1)).slice(0, 1)).slice(0, MAX_PAIRS)
}

function pairUp(from: readonly NodeName[], to: readonly NodeName[]): Pair[] {
  return from.slice(0, to.length).map((node, index) => [node, to[index]!])
}

function wordsOf([from, to]: Pair, could: boolean): string {
  return `${from} ${could ? 'could' : 'could not'} dial ${to}`
}

/** Whether the condition came true in time. */
async function becomes(condition: () => boolean, withinMs: number): Promise<boolean> {
  const untilMs = performance.now() + withinMs
  while (!condition() && performance.now() < untilMs) await delay(LOOK_EVERY_MS)
  return condition()
}
