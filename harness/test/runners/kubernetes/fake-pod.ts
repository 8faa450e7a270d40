/** A pod that is a process of this host, and what the cluster says of it. */
import type { ChildProcess } from 'node:child_process'
import type { V1Pod } from '@kubernetes/client-node'

const KILLED_CODE = 137

export interface FakePod {
  readonly name: string
  readonly job: string
  readonly labels: Readonly<Record<string, string>>
  readonly address: string
  readonly machine: string
  readonly child: ChildProcess
}

export function podOf({ name, job, labels, address, machine, child }: FakePod): V1Pod {
  const hasEnded = child.exitCode !== null || child.signalCode !== null
  const exitCode = child.exitCode ?? KILLED_CODE
  const terminated = { exitCode, reason: exitCode === KILLED_CODE ? 'OOMKilled' : 'Error' }
  const container = { name: 'node', image: 'fake', imageID: '', ready: false, restartCount: 0, state: { terminated } }
  const phaseOfEnd = exitCode === 0 ? 'Succeeded' : 'Failed'
  return {
    metadata: { name, labels, ownerReferences: [{ apiVersion: 'batch/v1', kind: 'Job', name: job, uid: '' }] },
    spec: { nodeName: machine, containers: [] },
    status: {
      phase: hasEnded ? phaseOfEnd : 'Running',
      podIP: address,
      ...(hasEnded && { containerStatuses: [container] })
    }
  }
}

/** @param selector - `name` or `name=value`, several parted by commas */
export function isSelected(labels: Readonly<Record<string, string>>, selector: string): boolean {
  return selector.split(',').every(part => {
    const [name = '', value] = part.split('=')
    return value === undefined ? name in labels : labels[name] === value
  })
}
