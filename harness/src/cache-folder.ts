/** Where this package keeps what it has made from sources, so that the next command need not make it again. */
import { accessSync, constants, mkdirSync, statSync } from 'node:fs'
import { enableCompileCache } from 'node:module'
import { homedir, tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const ofCheckout = import.meta.url.endsWith('.ts')
  ? fileURLToPath(new URL('../../node_modules/.cache/gossip-testbed', import.meta.url))
  : undefined

/**
 * Beside the packages of a checkout, if there is one and it can be written, else in the cache of the user.
 *
 * @throws {Error} if no folder can be made
 */
export function cacheFolder(): string {
  if (ofCheckout !== undefined && isOwnWritable(ofCheckout)) return ofCheckout
  return userCacheFolder()
}

/**
 * For what takes minutes to make: it outlives an `npm ci`, and all checkouts of a user share it.
 *
 * @throws {Error} if no folder can be made
 */
export function userCacheFolder(): string {
  const cacheHome = process.env.XDG_CACHE_HOME || join(homedir(), '.cache')
  const temporary = join(tmpdir(), `gossip-testbed-${process.getuid?.() ?? 'cache'}`)
  const found = [join(cacheHome, 'gossip-testbed'), temporary].find(isOwnWritable)
  if (found === undefined)
    throw new Error(`no folder for what is built: ${temporary} is not writable; set XDG_CACHE_HOME`)
  return found
}

/**
 * Has Node keep what it compiles of the modules that are imported from here on, with their types stripped. Only in a checkout: a
 * package has no types to strip, and is not to fill the user's cache with a file for each module.
 */
export function keepCompiled(): void {
  if (ofCheckout !== undefined && isOwnWritable(ofCheckout)) enableCompileCache(join(ofCheckout, 'compiled'))
}

/** It can be made and written, and belongs to this user: what is in it gets run. */
function isOwnWritable(folder: string): boolean {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    accessSync(folder, constants.W_OK)
    return process.getuid === undefined || statSync(folder).uid === process.getuid()
  } catch {
    return false
  }
}
