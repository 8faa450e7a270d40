/** What belongs to one run of the harness in a cluster, by its labels. */
import { randomBytes } from 'node:crypto'
import { formatOwner, thisProcess } from '../processes/owner.ts'

export const CLUSTER_RUN_LABEL = 'gossip-testbed/run'
/** What a pod is for. */
export const ROLE_LABEL = 'gossip-testbed/role'
/** An annotation, since it may hold what labels may not. */
export const OWNER_ANNOTATION = 'gossip-testbed/owner'

export interface KubernetesRun {
  readonly id: string
  /** Names of everything that the run makes begin with it. */
  readonly name: string
  readonly labels: Readonly<Record<string, string>>
  readonly annotations: Readonly<Record<string, string>>
  /** What agents and harness show to the collector, so that runs do not mix. */
  readonly token: string
}

export function newKubernetesRun(): KubernetesRun {
  const id = randomBytes(4).toString('hex')
  return {
    id,
    name: `gossip-testbed-${id}`,
    labels: { [CLUSTER_RUN_LABEL]: id },
    annotations: { [OWNER_ANNOTATION]: formatOwner(thisProcess()) },
    token: randomBytes(16).toString('hex')
  }
}
