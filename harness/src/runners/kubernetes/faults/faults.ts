/** Faults of nodes in a cluster: by their agents, by the links of their machines, or by network policies. */
import { setTimeout as delay } from 'node:timers/promises'
import type { NodeName } from '../../../contract.ts'
import { setClock } from '../../../faults/clock.ts'
import type { CutFault, Fault, FaultInForce, Proof } from '../../../faults/fault.ts'
import type { FaultInjector, NodeHandle } from '../../runner.ts'
import { KubernetesNode } from '../node/kubernetes-node.ts'
import type { Pods } from '../node/pods.ts'

const KILLED_WITHIN_MS = 4_000
const ANSWER_WITHIN_MS = 3_000

/** Cuts the nodes of a cluster apart, by one means. */
export interface NetworkCutter {
  /** Why it cannot, and what would; undefined if it can. */
  cannot(fault: CutFault & { type: 'partition' }): string | undefined
  cut(fault: CutFault & { type: 'partition' }): Promise<FaultInForce>
}

/** @param cutters - the first that can is used */
export function createKubernetesFaults(pods: Pods, cutters: readonly NetworkCutter[]): FaultInjector {
  return {
    cannot: fault => whyNot(fault, cutters),
    async inject(fault, handles) {
      switch (fault.type) {
        case 'kill':
          return kill(nodesOf(fault.nodes, handles))
        case 'pause':
          return await pause(nodesOf(fault.nodes, handles), pods)
        case 'clock':
          return setClock(fault, handles)
        case 'partition': {
          const cutter = cutters.find(each => each.cannot(fault) === undefined)
          if (cutter !== undefined) return await cutter.cut(fault)
        }
      }
      throw new Error(whyNot(fault, cutters))
    }
  }
}

function whyNot(fault: Fault, cutters: readonly NetworkCutter[]): string | undefined {
  const { type } = fault
  switch (type) {
    case 'kill':
    case 'pause':
    case 'clock':
      return undefined
    case 'partition': {
      const reasons = cutters.map(cutter => cutter.cannot(fault))
      return reasons.includes(undefined) ? undefined : `partition: ${reasons.join('; ')}`
    }
    case 'power-off':
      return 'power-off: the kernel of a machine resets the connections of a pod that ends; cut its machine off (partition), or use --runner netns'
    case 'starve':
      return 'starve: commands take too long to a pod; use --cpus, or --runner process'
    case 'nat-changes':
      return 'nat-changes: pods are behind no router of ours; use --runner netns'
    default:
      return `${type}: a cluster offers nothing of that kind; use --runner netns, or the simulation`
  }
}

function nodesOf(nodes: readonly NodeName[], handles: ReadonlyMap<NodeName, NodeHandle>): KubernetesNode[] {
  return nodes.map(node => {
    const handle = handles.get(node)
    if (handle instanceof KubernetesNode) return handle
    throw new Error(`${node} does not run in a pod`)
  })
}

function kill(nodes: readonly KubernetesNode[]): FaultInForce {
  const ran = nodes.filter(({ exit }) => exit === undefined)
  for (const node of nodes) node.signal('SIGKILL')
  return {
    async prove(): Promise<Proof> {
      if (ran.length < nodes.length)
        return {
          result: 'mismatch',
          seen: `${namesOf(nodes.filter(node => !ran.includes(node)))} had ended when they were to be killed`
        }
      const all = Promise.all(nodes.map(({ ended }) => ended))
      await Promise.race([all, delay(KILLED_WITHIN_MS, undefined, { ref: false })])
      const untold = nodes.filter(({ exit }) => exit === undefined)
      if (untold.length > 0) return { result: 'inconclusive', seen: `the pods of ${namesOf(untold)} do not tell` }
      const wrong = nodes.filter(({ exit }) => exit?.signal !== 'SIGKILL')
      return wrong.length === 0
        ? { result: 'confirmed', seen: `ended by SIGKILL, as their agents say: ${namesOf(nodes)}` }
        : { result: 'mismatch', seen: `ended otherwise than by SIGKILL: ${namesOf(wrong)}` }
    },
    undo: async () => {}
  }
}

async function pause(nodes: readonly KubernetesNode[], pods: Pods): Promise<FaultInForce> {
  let healed = false
  const signal = (name: 'SIGSTOP' | 'SIGCONT') => {
    for (const node of nodes) node.signal(name)
  }
  signal('SIGSTOP')
  return {
    async prove(): Promise<Proof> {
      const looks = await Promise.all(
        nodes.map(async ({ pod }) =>
          pod === undefined ? undefined : await pods.ask(pod, { type: 'look' }, ANSWER_WITHIN_MS)
        )
      )
      const states = looks.map(look => (look?.type === 'looked' ? look.states : undefined))
      const silent = nodes.filter((_, index) => states[index] === undefined || states[index] === '')
      if (silent.length > 0) return { result: 'inconclusive', seen: `no process of ${namesOf(silent)} could be seen` }
      // Of all processes of the node.
      const isRight = (state: string) => (healed ? !state.includes('T') : /^T+$/.test(state))
      const wrong = nodes.filter((_, index) => !isRight(states[index]!))
      const [right, other] = healed ? ['running', 'stopped'] : ['stopped', 'running']
      return wrong.length === 0
        ? { result: 'confirmed', seen: `${right}, as their agents say: ${namesOf(nodes)}` }
        : { result: 'mismatch', seen: `still ${other}, as their agents say: ${namesOf(wrong)}` }
    },
    async undo() {
      if (healed) return
      healed = true
      signal('SIGCONT')
    }
  }
}

function namesOf(nodes: readonly KubernetesNode[]): string {
  return nodes.map(({ spec }) => spec.node).join(', ')
}
