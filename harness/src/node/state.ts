/** What a node keeps on disk: its key, the epoch of its last run, and the snapshot of its book, by way of libp2p's datastore. */
import { promises as fs } from 'node:fs'
import { join } from 'node:path'
import { MemoryDatastore } from 'datastore-core/memory'
import { Key } from 'interface-datastore'
import { setClockAfter } from './clock.ts'
import type { NodeOptions } from './options.ts'

export interface NodeState {
  /** Of `--key`, or else in the folder. */
  readonly keyFile: string
  readonly datastore: MemoryDatastore
  /** To be called when the node has begun: a later run with an older epoch would be taken for an earlier one. */
  keepEpoch(epoch: number): Promise<void>
}

/** Undefined without `--state`. Sets the clock ahead if that of the host has gone back behind the last epoch. */
export async function openState({ stateFolder, keyFile }: NodeOptions): Promise<NodeState | undefined> {
  if (stateFolder === undefined) return undefined
  await fs.mkdir(stateFolder, { recursive: true, mode: 0o700 })
  const epochFile = join(stateFolder, 'epoch')
  const lastEpoch = Number(await fs.readFile(epochFile, 'utf8').catch(() => '0'))
  if (Number.isSafeInteger(lastEpoch)) setClockAfter(lastEpoch)
  const datastore = new SnapshotDatastore(stateFolder)
  await datastore.load()
  return {
    keyFile: keyFile ?? join(stateFolder, 'key'),
    datastore,
    keepEpoch: epoch => replaceFile(epochFile, String(epoch))
  }
}

/**
 * Keeps what the library stores, in one file; what libp2p itself stores ends with the process. Not `datastore-fs`, which keeps
 * everything: it would make the program two thirds larger, and every node starts later for it.
 */
class SnapshotDatastore extends MemoryDatastore {
  readonly #path: string

  constructor(folder: string) {
    super()
    this.#path = join(folder, 'snapshot')
  }

  /** From `<key>\n<bytes>`. */
  async load(): Promise<void> {
    const file = await fs.readFile(this.#path).catch(() => undefined)
    const end = file?.indexOf('\n') ?? -1
    if (file !== undefined && end > 0) super.put(new Key(file.toString('utf8', 0, end)), file.subarray(end + 1))
  }

  override put(key: Key, bytes: Uint8Array): Key | Promise<Key> {
    super.put(key, bytes)
    if (!key.toString().startsWith('/gossip-discovery/')) return key
    return replaceFile(this.#path, Buffer.concat([Buffer.from(`${key.toString()}\n`), bytes])).then(() => key)
  }
}

/** In one step: a node may be killed while it writes. */
async function replaceFile(path: string, content: string | Uint8Array): Promise<void> {
  await fs.writeFile(`${path}.new`, content)
  await fs.rename(`${path}.new`, path)
}
