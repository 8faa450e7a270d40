/** An image as a file, in the form that `docker save` writes: every engine and every registry tool reads it. */
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { createWriteStream } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { buffer } from 'node:stream/consumers'
import { type Pack, pack } from 'tar-stream'
import { imageArchitecture } from './agent-program.ts'

export interface ArchiveContent {
  /** With its tag. */
  readonly name: string
  /** Each a layer of its own, the one that changes least first: by path in the image, a file of this host. */
  readonly layers: readonly Readonly<Record<string, string>>[]
  readonly entrypoint: readonly string[]
}

/** @throws {Error} if the file cannot be written */
export async function writeArchive(path: string, { name, layers, entrypoint }: ArchiveContent): Promise<void> {
  const archive = pack()
  const file = createWriteStream(path)
  const written = Promise.race([once(file, 'close'), once(file, 'error').then(([error]) => Promise.reject(error))])
  archive.pipe(file)
  const digests: string[] = []
  for (const layer of layers) {
    const bytes = await layerOf(layer)
    const digest = sha256(bytes)
    digests.push(digest)
    await add(archive, `${digest}.tar`, bytes)
  }
  const config = JSON.stringify({
    architecture: imageArchitecture(),
    os: 'linux',
    config: { Entrypoint: entrypoint, User: '65534:65534' },
    rootfs: { type: 'layers', diff_ids: digests.map(digest => `sha256:${digest}`) }
  })
  const configName = `${sha256(config)}.json`
  await add(archive, configName, config)
  const manifest = [{ Config: configName, RepoTags: [name], Layers: digests.map(digest => `${digest}.tar`) }]
  await add(archive, 'manifest.json', JSON.stringify(manifest))
  archive.finalize()
  await written
}

/** Equal bytes for equal files. */
async function layerOf(files: Readonly<Record<string, string>>): Promise<Buffer> {
  const layer = pack()
  const content = buffer(layer)
  for (const [path, source] of Object.entries(files)) {
    await add(layer, path.replace(/^\//, ''), await readFile(source))
  }
  layer.finalize()
  return await content
}

async function add(archive: Pack, name: string, content: Buffer | string): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    archive.entry({ name, mode: 0o755, mtime: new Date(0) }, content, error => (error ? reject(error) : resolve()))
  })
}

function sha256(content: Buffer | string): string {
  return createHash('sha256').update(content).digest('hex')
}
