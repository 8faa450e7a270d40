/** The adapters that come with the package: each a folder with an adapter.yaml. */
import { existsSync, readdirSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { printable } from '../printable.ts'
import { didYouMean } from '../yaml/did-you-mean.ts'
import { readAdapter } from './read.ts'
import type { AdapterFile } from './schema.ts'

/** There is no such adapter. One line. */
export class NoAdapterError extends Error {
  override name = 'NoAdapterError'
}

export interface Adapter extends AdapterFile {
  /** What it is made from. */
  readonly folder: string
}

/** Beside `src` in a checkout, and beside `dist` in the package. */
export const ADAPTERS_FOLDER = fileURLToPath(new URL('../../adapters', import.meta.url))

const FILE = 'adapter.yaml'

/** In alphabetical order. A folder without an adapter.yaml holds what several adapters share. */
export function adapterNames(folder: string = ADAPTERS_FOLDER): string[] {
  return readdirSync(folder)
    .filter(name => existsSync(join(folder, name, FILE)))
    .sort()
}

/**
 * @throws {NoAdapterError}
 * @throws {AdapterError} with everything that is wrong in its file
 */
export async function loadAdapter(name: string, folder: string = ADAPTERS_FOLDER): Promise<Adapter> {
  const names = adapterNames(folder)
  if (!names.includes(name)) {
    const said = JSON.stringify(printable(name, 60))
    throw new NoAdapterError(`no adapter is called ${said}${didYouMean(name, names)}; there are ${names.join(', ')}`)
  }
  const text = await readFile(join(folder, name, FILE), 'utf8')
  return { ...readAdapter(text, { folder: name, file: `${name}/${FILE}` }), folder: join(folder, name) }
}
