/** What nodes are started from: our own program, or an image of the user, which is first seen to keep the contract. */
import { ImageName } from 'testcontainers'
import { printable } from '../../../printable.ts'
import { nodeProgram } from '../../program/node-bundle.ts'
import type { NodeObservation, Runner } from '../../runner.ts'
import type { ContainerImage } from '../container.ts'
import { type Engine, reasonOf } from '../engine.ts'
import { ensureImage } from './image.ts'

const NOBODY = '65534:65534'

/** As long as the supervisor gives a node. */
const READY_WITHIN_MS = 15_000

type Say = (line: string) => void
type ImageInfo = Awaited<ReturnType<Engine['image']['inspect']>>

/** Our own node program. @throws with what to do about it */
export async function ownImage(engine: Engine, say: Say): Promise<ContainerImage> {
  const { path } = await nodeProgram(() => say('bundling the node program'))
  const name = await ensureImage(engine, {
    files: { '/app/node.cjs': path },
    entrypoint: ['node', '/app/node.cjs'],
    say
  })
  return { name, command: [] }
}

/**
 * An image of the user, pulled if it is not there. Run as the user that it names, or as nobody if that would be root.
 *
 * @param command instead of the image's own
 * @throws with what to do about it
 */
export async function foreignImage(
  engine: Engine,
  name: string,
  command: readonly string[] | undefined,
  say: Say
): Promise<ContainerImage> {
  const { Config } = await inspectImage(engine, name, say)
  const user = /^(root|0)?(:|$)/.test(Config.User ?? '') ? { user: NOBODY } : {}
  if (command !== undefined) return { name, entrypoint: command, command: [], ...user }
  // Flags follow the entrypoint, as with `docker run`; an image without one names its program by CMD.
  const hasEntrypoint = [Config.Entrypoint ?? []].flat().length > 0
  return { name, command: hasEntrypoint ? [] : (Config.Cmd ?? []), ...user }
}

/** Pulls it if it is not there. */
async function inspectImage(engine: Engine, name: string, say: Say): Promise<ImageInfo> {
  const imageName = ImageName.fromString(name)
  const inspect = () => engine.image.inspect(imageName)
  try {
    return await inspect()
  } catch {
    say(`pulling ${printable(name, 200)}`)
  }
  try {
    await engine.image.pull(imageName)
    // Not every engine that could not pull says so.
    return await inspect()
  } catch (error) {
    throw new Error(
      `the image ${printable(name, 200)} is not there and could not be pulled: ${reasonOf(error)}. ` +
        'Build or load it first (docker build, docker load), or correct the name that --image gives.'
    )
  }
}

/** Starts one node. @throws with what to do if it does not say that it is ready; the runner is closed then */
export async function requireContract(runner: Runner, image: string): Promise<void> {
  const first = Promise.withResolvers<string | undefined>()
  const timeout = setTimeout(() => first.resolve(`said nothing within ${READY_WITHIN_MS / 1_000} s`), READY_WITHIN_MS)
  const observe = (seen: NodeObservation) => {
    if (seen.type === 'line' && seen.line.type === 'ready') first.resolve(undefined)
    const fault = faultOf(seen)
    if (fault !== undefined) first.resolve(fault)
  }
  const node = runner.start({ node: 'probe', run: 1, index: 0, args: ['--name', 'probe'] }, observe)
  const fault = await first.promise
  clearTimeout(timeout)
  await node.stop()
  if (fault === undefined) return
  await runner.close()
  throw new Error(
    `the image ${printable(image, 200)} does not keep the node contract: its program ${fault}. It gets the flags --name, --listen and ` +
      '--bootstrap, and prints one JSON object a line, "ready" first (docs/CONTRACT.md). Name another program of the image with ' +
      '--node-command, or look at what this one prints: test-network conformance -- docker run --rm -i IMAGE.'
  )
}

function faultOf(seen: NodeObservation): string | undefined {
  switch (seen.type) {
    case 'spawn-failed':
      return `could not be started: ${seen.reason}`
    case 'finding':
      return `printed ${JSON.stringify(seen.finding.text)}: ${seen.finding.fault}`
    case 'exited':
      return `ended with ${seen.signal ?? `code ${seen.code}`}${seen.stderrTail.length > 0 ? ` and ${JSON.stringify(seen.stderrTail.at(-1))}` : ''}`
    default:
      return undefined
  }
}
