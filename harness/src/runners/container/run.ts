/** What belongs to one run of the harness, by its labels. */
import { randomBytes } from 'node:crypto'
import { formatOwner, thisProcess } from '../processes/owner.ts'
import type { NodeSpec } from '../runner.ts'

export const RUN_LABEL = 'gossip-testbed.run'
export const OWNER_LABEL = 'gossip-testbed.owner'
export const NODE_LABEL = 'gossip-testbed.node'
/** Images are shared by runs. */
export const IMAGE_LABEL = 'gossip-testbed.image'

export interface ContainerRun {
  id: string
  /** Of its network; the names of its containers begin with it. */
  name: string
  /** On everything that the run makes on the engine, images excepted. */
  labels: Record<string, string>
}

export function newRun(): ContainerRun {
  const id = randomBytes(4).toString('hex')
  return { id, name: `gossip-testbed-${id}`, labels: { [RUN_LABEL]: id, [OWNER_LABEL]: formatOwner(thisProcess()) } }
}

export function containerName({ name }: ContainerRun, { node, run }: NodeSpec): string {
  return `${name}-${node}${run === 1 ? '' : `-run${run}`}`
}
