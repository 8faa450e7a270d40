import { readFileSync } from 'node:fs'
import { findPackageJSON } from 'node:module'

/** The version of this package, wherever a bundle has put the file that asks. */
export function version(): string {
  return JSON.parse(readFileSync(findPackageJSON(import.meta.url)!, 'utf8')).version
}
