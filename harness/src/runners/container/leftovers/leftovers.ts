/** What runs have on the engine, by their labels, and its removal. */

import { type Owner, parseOwner } from '../../processes/owner.ts'
import type { Docker } from '../engine.ts'
import { removeContainer } from '../node/remove-container.ts'
import { IMAGE_LABEL, OWNER_LABEL, RUN_LABEL } from '../run.ts'

export interface RunLeftovers {
  runId: string
  /** Undefined if its label makes no sense. */
  owner: Owner | undefined
  containerIds: string[]
  networkIds: string[]
  volumeNames: string[]
}

export async function findRuns(docker: Docker): Promise<RunLeftovers[]> {
  const filters = { label: [RUN_LABEL] }
  const [containers, networks, { Volumes: volumes }] = await Promise.all([
    docker.listContainers({ all: true, filters }),
    docker.listNetworks({ filters }),
    docker.listVolumes({ filters })
  ])
  const runs = new Map<string, RunLeftovers>()
  const runOf = (labels: Record<string, string> = {}) => {
    const runId = labels[RUN_LABEL] ?? ''
    const run = runs.get(runId) ?? {
      runId,
      owner: parseOwner(labels[OWNER_LABEL]),
      containerIds: [],
      networkIds: [],
      volumeNames: []
    }
    runs.set(runId, run)
    return run
  }
  for (const { Id, Labels } of containers) runOf(Labels).containerIds.push(Id)
  for (const { Id, Labels } of networks) runOf(Labels).networkIds.push(Id)
  for (const { Name, Labels } of volumes ?? []) runOf(Labels).volumeNames.push(Name)
  return [...runs.values()]
}

export async function removeRun(
  docker: Docker,
  { containerIds, networkIds, volumeNames }: RunLeftovers
): Promise<void> {
  await Promise.all(containerIds.map(id => removeContainer(docker.getContainer(id))))
  await Promise.all(networkIds.map(id => ignoreGone(docker.getNetwork(id).remove())))
  await Promise.all(volumeNames.map(name => ignoreGone(docker.getVolume(name).remove())))
}

/**
 * Removes the images that runs have made, and returns how many; those that a container uses stay.
 *
 * @param which `unfinished` leaves those that can be used by the next run
 */
export async function removeImages(docker: Docker, which: 'all' | 'unfinished'): Promise<number> {
  const label = [IMAGE_LABEL]
  const images = await docker.listImages({ filters: which === 'all' ? { label } : { label, dangling: ['true'] } })
  let removed = 0
  // One after another, since they share layers.
  for (const { Id, RepoTags } of images) {
    const names = (RepoTags ?? []).filter(tag => tag !== '<none>:<none>')
    for (const name of names.length > 0 ? names : [Id]) {
      const isGone = await docker
        .getImage(name)
        .remove()
        .then(
          () => true,
          () => false
        )
      if (isGone) removed += 1
    }
  }
  return removed
}

async function ignoreGone(removal: Promise<unknown>): Promise<void> {
  await removal.catch(error => {
    if ((error as { statusCode?: number }).statusCode !== 404) throw error
  })
}
