/** Removes from the container engine what runs have left whose harness is gone, and only that. */
import { setTimeout as delay } from 'node:timers/promises'
import { type Cleaned, counted } from '../../leftovers.ts'
import { stateOf } from '../../processes/owner.ts'
import { connectEngine, type Docker } from '../engine.ts'
import { findRuns, type RunLeftovers, removeImages, removeRun } from './leftovers.ts'

/** Removes what is left of every run whose harness is gone. @throws with what to do about it, if no engine answers */
export async function cleanContainers(): Promise<Cleaned> {
  const { dockerode: docker } = (await connectEngine()).container
  const runs = await findRuns(docker)
  const gone = runs.filter(({ owner }) => owner !== undefined && stateOf(owner) === 'gone')
  const left = runs.filter(run => !gone.includes(run))
  for (const run of gone) await removeRun(docker, run)
  // A run that lives may be about to start a container from any of them.
  const images = left.length === 0 ? await removeImages(docker, 'all') : 0
  return { removed: removedOf(gone, images), left }
}

/** What an engine is still asked to make when its harness is killed appears within this. */
const QUIET_MS = 2_000

/** Removes all that one run has, whoever owns it. @throws with what to do about it, if no engine answers */
export async function cleanContainersOf(runId: string): Promise<Cleaned> {
  const { dockerode: docker } = (await connectEngine()).container
  const removed: RunLeftovers[] = []
  for (let quietMs = 0; quietMs < QUIET_MS; quietMs += QUIET_MS / 4) {
    const found = await findRun(docker, runId)
    if (found !== undefined) {
      await removeRun(docker, found).catch(() => {})
      removed.push(found)
      quietMs = 0
    }
    await delay(QUIET_MS / 4)
  }
  const images = (await findRuns(docker)).length === 0 ? await removeImages(docker, 'unfinished') : 0
  return { removed: removedOf(removed, images), left: [] }
}

async function findRun(docker: Docker, runId: string): Promise<RunLeftovers | undefined> {
  return (await findRuns(docker)).find(run => run.runId === runId)
}

function removedOf(runs: readonly RunLeftovers[], images: number): string[] {
  return [
    ...counted(new Set(runs.flatMap(({ containerIds }) => containerIds)).size, 'container'),
    ...counted(new Set(runs.flatMap(({ networkIds }) => networkIds)).size, 'network'),
    ...counted(new Set(runs.flatMap(({ volumeNames }) => volumeNames)).size, 'volume'),
    ...counted(images, 'image')
  ]
}
