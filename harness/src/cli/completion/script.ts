/** The scripts of the shells: each asks `test-network complete` for what a word can become, and offers it. */
import { readFile } from 'node:fs/promises'
import type { Shell } from '../usage/values.ts'

/** Beside `src` in a checkout, and beside `dist` in the package. */
const FOLDER = new URL('../../../completion/', import.meta.url)

export async function completionScript(shell: Shell): Promise<string> {
  return await readFile(new URL(`test-network.${shell}`, FOLDER), 'utf8')
}
