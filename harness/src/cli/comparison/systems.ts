/** The systems of a comparison: ours, and each adapter that can be built here. */
import { existsSync, statSync } from 'node:fs'
import { resolve } from 'node:path'
import { type BuildOptions, buildAdapter } from '../../adapters/build.ts'
import { AdapterError } from '../../adapters/read.ts'
import { ADAPTERS_FOLDER, adapterNames, loadAdapter } from '../../adapters/shipped.ts'
import { type AbsentSystem, type ComparedSystem, OURS } from '../../comparison/document.ts'
import { printable } from '../../printable.ts'
import type { ProgramCommand } from '../../runners/registry.ts'
import { didYouMean } from '../../yaml/did-you-mean.ts'
import { UsageError } from '../usage/values.ts'

export interface Systems {
  readonly present: readonly ComparedSystem[]
  /** By name; ours, which the runner knows, is not among them. */
  readonly commands: ReadonlyMap<string, ProgramCommand>
  readonly absent: readonly AbsentSystem[]
}

/**
 * @param asked - that of the package if undefined
 * @throws {UsageError} when it is not there
 */
export function foundFolder(asked: string | undefined): string {
  if (asked === undefined) return ADAPTERS_FOLDER
  if (statSync(asked, { throwIfNoEntry: false })?.isDirectory() === true) return resolve(asked)
  throw new UsageError(`--adapters must be a folder with adapters, and ${printable(asked, 200)} is none`)
}

/**
 * What is asked for exists.
 *
 * @param asked - all if undefined
 * @returns names, ours first
 * @throws {UsageError}
 */
export function chosenSystems(asked: readonly string[] | undefined, folder: string): string[] {
  const names = [OURS, ...(existsSync(folder) ? adapterNames(folder) : [])]
  const unknown = asked?.find(name => !names.includes(name))
  if (unknown === undefined) return names.filter(name => asked === undefined || asked.includes(name))
  const said = JSON.stringify(printable(unknown, 60))
  throw new UsageError(`no system is called ${said}${didYouMean(unknown, names)}; there are ${names.join(', ')}`)
}

/**
 * Builds what is not built yet. What cannot be built is absent, with the reason.
 *
 * @param version - of the testbed
 * @throws when interrupted
 */
export async function builtSystems(
  names: readonly string[],
  folder: string,
  { version, ...options }: BuildOptions & { version: string }
): Promise<Systems> {
  const present: ComparedSystem[] = []
  const absent: AbsentSystem[] = []
  const commands = new Map<string, ProgramCommand>()
  for (const name of names) {
    if (name === OURS) {
      present.push(oursOf(version))
      continue
    }
    const built = await builtOne(name, folder, options)
    if ('reason' in built) absent.push(built)
    else {
      present.push(built.system)
      commands.set(name, built.command)
    }
  }
  return { present, commands, absent }
}

async function builtOne(
  name: string,
  folder: string,
  options: BuildOptions
): Promise<AbsentSystem | { system: ComparedSystem; command: ProgramCommand }> {
  try {
    const adapter = await loadAdapter(name, folder)
    const { title, about, settings, claims, limits } = adapter
    const built = await buildAdapter(adapter, options)
    if (built.missing !== undefined) {
      // Where it was built is of this machine alone.
      return { name, title, reason: built.missing.replaceAll(options.cacheFolder, '').slice(0, MAX_REASON) }
    }
    return { system: { name, title, about, version: built.version, settings, claims, limits }, command: built.command }
  } catch (error) {
    if (!(error instanceof AdapterError)) throw error
    return { name, title: name, reason: printable(error.message.split('\n')[0]!, MAX_REASON) }
  }
}

/** Characters. */
const MAX_REASON = 300

function oursOf(version: string): ComparedSystem {
  return {
    name: OURS,
    title: 'gossip-discovery',
    about: 'the library of this repository in the node program of the testbed',
    version,
    settings: ['js-libp2p 3 with TCP, noise and yamux, gossipsub with StrictNoSign as the guide has it', 'defaults'],
    claims: [],
    limits: []
  }
}
