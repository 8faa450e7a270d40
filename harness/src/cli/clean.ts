/** `test-network clean`: removes from the container engine what runs have left whose harness is gone, and only that. */
import { setTimeout as delay } from 'node:timers/promises'
import { printable } from '../printable.ts'
import { connectEngine, type Docker } from '../runners/container/engine.ts'
import { findRuns, type RunLeftovers, removeImages, removeRun } from '../runners/container/leftovers/leftovers.ts'
import { stateOf } from '../runners/processes/owner.ts'

/** Removes what is left of every run whose harness is gone, and prints what it did. @throws with what to do about it */
export async function clean(): Promise<void> {
  const { dockerode: docker } = (await connectEngine()).container
  const runs = await findRuns(docker)
  const gone = runs.filter(({ owner }) => owner !== undefined && stateOf(owner) === 'gone')
  const left = runs.filter(run => !gone.includes(run))
  for (const run of gone) await removeRun(docker, run)
  // A run that lives may be about to start a container from any of them.
  const images = left.length === 0 ? await removeImages(docker, 'all') : 0
  const lines = [summary(gone, images), ...left.map(whyLeft)]
  process.stdout.write(`${lines.join('\n')}\n`)
}

/** What an engine is still asked to make when its harness is killed appears within this. */
const QUIET_MS = 2_000

/** Removes all that one run has, whoever owns it, and prints what it did. @throws with what to do about it */
export async function cleanRun(runId: string): Promise<void> {
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
  process.stdout.write(`${summary(removed, images)}\n`)
}

async function findRun(docker: Docker, runId: string): Promise<RunLeftovers | undefined> {
  return (await findRuns(docker)).find(run => run.runId === runId)
}

function summary(runs: readonly RunLeftovers[], images: number): string {
  const parts = [
    count(new Set(runs.flatMap(({ containerIds }) => containerIds)).size, 'container'),
    count(new Set(runs.flatMap(({ networkIds }) => networkIds)).size, 'network'),
    count(images, 'image')
  ].filter(part => !part.startsWith('0 '))
  return parts.length === 0 ? 'nothing to remove' : `removed ${parts.join(', ')}`
}

function whyLeft({ runId, owner }: RunLeftovers): string {
  const run = `left: run ${printable(runId, 40)}`
  if (owner !== undefined && stateOf(owner) === 'lives')
    return `${run}, whose harness is running (process ${owner.pid})`
  return `${run}, of which this host cannot tell whether it is running; if not: test-network clean --run ${printable(runId, 40)}`
}

function count(number: number, what: string): string {
  return `${number} ${what}${number === 1 ? '' : 's'}`
}
