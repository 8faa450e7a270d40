import { fileURLToPath } from 'node:url'

/** The path of a program of test/nodes/. */
export function nodePath(program: string): string {
  return fileURLToPath(new URL(`../nodes/${program}`, import.meta.url))
}
