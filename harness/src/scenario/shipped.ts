/** The scenarios that come with the package, and files of the user. */
import { readdirSync, readFileSync } from 'node:fs'
import { readdir, readFile } from 'node:fs/promises'
import { basename, extname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { printable } from '../printable.ts'
import { didYouMean } from '../yaml/did-you-mean.ts'
import { readScenario } from './file/read.ts'
import type { Scenario } from './scenario.ts'

/** There is no such scenario, or its file cannot be read. One line. */
export class NoScenarioError extends Error {
  override name = 'NoScenarioError'
}

/** Beside `src` in a checkout, and beside `dist` in the package. */
const FOLDER = fileURLToPath(new URL('../../scenarios', import.meta.url))

/** Names of the shipped scenarios, in alphabetical order. */
export async function shippedNames(): Promise<string[]> {
  return namesOf(await readdir(FOLDER))
}

/** Each shipped scenario and what happens in it, in one line; in alphabetical order. At once, since help is printed at once. */
export function aboutShipped(): [name: string, about: string][] {
  return namesOf(readdirSync(FOLDER)).map(name => {
    const file = `${name}.yaml`
    return [name, readScenario(readFileSync(join(FOLDER, file), 'utf8'), { name, file }).about]
  })
}

function namesOf(files: readonly string[]): string[] {
  return files
    .filter(file => extname(file) === '.yaml')
    .map(file => basename(file, '.yaml'))
    .sort()
}

/**
 * @param wanted - the name of a shipped scenario; or a file, with an ending or a folder in its name
 * @throws {NoScenarioError}
 * @throws {ScenarioError} with everything that is wrong in the file
 */
export async function loadScenario(wanted: string): Promise<Scenario> {
  const shipped = await shippedNames()
  if (shipped.includes(wanted)) return await readFrom(join(FOLDER, `${wanted}.yaml`), `${wanted}.yaml`)
  if (/[./\\]/.test(wanted)) return await readFrom(wanted, printable(wanted, 200))
  throw new NoScenarioError(
    `no scenario is called ${JSON.stringify(printable(wanted, 60))}${didYouMean(wanted, shipped)}; test-network list names all, and a file needs its ending: ./my.yaml`
  )
}

async function readFrom(path: string, file: string): Promise<Scenario> {
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw new NoScenarioError(`${file} cannot be read: ${reasonOf(error)}`)
  })
  return readScenario(text, { name: basename(path, extname(path)), file })
}

function reasonOf({ code, message }: NodeJS.ErrnoException): string {
  if (code === 'ENOENT') return 'there is no such file'
  if (code === 'EISDIR') return 'it is a folder'
  if (code === 'EACCES') return 'you may not read it'
  return message
}
