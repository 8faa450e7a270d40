/** Package managers, runtimes and bundlers, each as npm has it, in a project of its own. */
import { join } from 'node:path'
import { Project } from '../project.ts'

/** Why something is not tried, in a few words. */
export class NotToBeHad extends Error {
  override name = 'NotToBeHad'
}

/** npm's words for a package, or a version of it, that the registry or the platform does not have. */
const ABSENT = /E404|ETARGET|EBADPLATFORM|ENOTSUP|ENOVERSIONS/

/**
 * Installs packages, and resolves to the path of a file in them.
 *
 * @throws {NotToBeHad} when they do not exist for this registry or this platform
 */
export async function tool(folder: string, packages: string[], file: string): Promise<string> {
  const project = await Project.create(folder, packages).catch(error => {
    if (ABSENT.test(String(error))) throw new NotToBeHad(`npm has no ${packages.join(', ')} for this machine`)
    throw error
  })
  return join(project.folder, 'node_modules', file)
}

/** Resolves to the path of a Node, in a folder that every caller may name. */
export async function nodeOf(version: string, folder: string): Promise<string> {
  const spec = `node@npm:node-${process.platform}-${process.arch}@${version}`
  return await tool(join(folder, `Node ${version}`), [spec], 'node/bin/node')
}

/** Prints what came of it; only what is not to be had is skipped. */
export async function attempt(title: string, what: () => Promise<string>): Promise<void> {
  const startMs = performance.now()
  try {
    const outcome = await what()
    console.log(`  ${title}: ${outcome} (${Math.round((performance.now() - startMs) / 1_000)} s)`)
  } catch (error) {
    if (!(error instanceof NotToBeHad)) throw new Error(`${title}: ${(error as Error).message}`)
    console.log(`  ${title}: SKIPPED, ${error.message}`)
  }
}
