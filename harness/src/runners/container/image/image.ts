/**
 * The image that nodes run in, made without any registry: the Node that runs the harness, the libraries that it has
 * loaded, and the program. Its tag is the hash of what is in it, so it is made again only when that changes.
 */
import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { Readable } from 'node:stream'
import { pack } from 'tar-stream'
import { systemFiles } from '../../program/system-files.ts'
import { type Docker, type Engine, reasonOf } from '../engine.ts'
import { IMAGE_LABEL } from '../run.ts'

/** Nothing listens there: an engine that would rather pull than look is refused at once. */
const REPOSITORY = '127.0.0.1:1/gossip-testbed-node'

/** Where the host's own Node cannot run inside the engine, it is taken from Docker Hub. */
const FOREIGN_BASE = 'node:24-slim'

export interface ImageContent {
  /** Path in the image -> path on this host; all of them below /app. */
  files: Readonly<Record<string, string>>
  entrypoint: readonly string[]
  /** Told of what takes longer than usual. */
  say: (line: string) => void
}

/** The name of the image, which is made if it is not there. @throws with what to do about it */
export async function ensureImage(engine: Engine, { files, entrypoint, say }: ImageContent): Promise<string> {
  const system = canRunOwnNode(engine) ? systemFiles() : undefined
  const content = await readAll({ ...system, ...files })
  const dockerfile = dockerfileOf(system === undefined ? FOREIGN_BASE : 'scratch', entrypoint)
  const image = `${REPOSITORY}:${hashOf(content, dockerfile)}`
  if (await exists(engine.container.dockerode, image)) return image
  say('building the image of the nodes')
  await build(engine.container.dockerode, image, dockerfile, content).catch(error => {
    throw new Error(`the container engine did not build the image of the nodes: ${reasonOf(error)}`)
  })
  return image
}

type Content = ReadonlyMap<string, Buffer>

function canRunOwnNode({ info: { containerRuntime } }: Engine): boolean {
  const architectures: Record<string, string> = { x86_64: 'x64', aarch64: 'arm64', amd64: 'x64', arm64: 'arm64' }
  return process.platform === 'linux' && architectures[containerRuntime.architecture] === process.arch
}

async function readAll(files: Readonly<Record<string, string>>): Promise<Content> {
  const names = Object.keys(files).sort()
  return new Map(await Promise.all(names.map(async name => [name, await readFile(files[name]!)] as const)))
}

/** What changes seldom comes first, as a layer that the next image shares. */
function dockerfileOf(base: string, entrypoint: readonly string[]): string {
  const lines = [
    `FROM ${base}`,
    `LABEL ${IMAGE_LABEL}=node`,
    ...(base === 'scratch' ? ['COPY system /'] : []),
    'COPY app /app',
    'USER 65534:65534',
    `ENTRYPOINT ${JSON.stringify(entrypoint)}`
  ]
  return `${lines.join('\n')}\n`
}

function hashOf(content: Content, dockerfile: string): string {
  const hash = createHash('sha256').update(dockerfile)
  for (const [name, bytes] of content) hash.update(`${name}\0${bytes.length}\0`).update(bytes)
  return hash.digest('hex').slice(0, 16)
}

/** Asked anew each time, since others may have removed it. */
async function exists(docker: Docker, image: string): Promise<boolean> {
  return await docker
    .getImage(image)
    .inspect()
    .then(
      () => true,
      () => false
    )
}

async function build(docker: Docker, image: string, dockerfile: string, content: Content): Promise<void> {
  const context = pack()
  context.entry({ name: 'Dockerfile' }, dockerfile)
  for (const [name, bytes] of content) {
    context.entry({ name: `${name.startsWith('/app/') ? '' : 'system'}${name}`.replace(/^\//, ''), mode: 0o755 }, bytes)
  }
  context.finalize()
  const progress = await docker.buildImage(Readable.from(context), { t: image, rm: true, forcerm: true })
  await new Promise<void>((resolve, reject) => {
    docker.modem.followProgress(progress, (error, steps: { error?: string }[]) => {
      const failed = steps.find(step => step.error !== undefined)?.error
      if (error !== null || failed !== undefined) reject(error ?? new Error(failed))
      else resolve()
    })
  })
}
