/** `test-network completion <shell>` prints a script, which asks `test-network complete` for what a word can become. */
import { readFile } from 'node:fs/promises'
import type { Command } from 'commander'
import { printable } from '../../printable.ts'
import type { Shell } from '../usage/values.ts'
import { completionOf } from './complete.ts'

/** Beside `src` in a checkout, and beside `dist` in the package. */
const SCRIPTS = new URL('../../../completion/', import.meta.url)

/** Characters that a shell shows beside a word. */
const MAX_ABOUT = 200

export async function completionScript(shell: Shell): Promise<string> {
  return await readFile(new URL(`test-network.${shell}`, SCRIPTS), 'utf8')
}

/**
 * The answer to a script: a line that says which files the shell adds, then a line for each candidate: the word, a tab, and
 * what it is.
 */
export function completionText(program: Command, words: readonly string[]): string {
  const { candidates, places } = completionOf(program, words)
  const lines = candidates.map(({ word, about }) => `${word}\t${printable(about, MAX_ABOUT)}`)
  return [places, ...lines, ''].join('\n')
}
