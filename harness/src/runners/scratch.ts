/** Folders that runs need only while they last. `test-network clean` removes those whose harness is gone. */
import { randomBytes } from 'node:crypto'
import { lstatSync, mkdirSync, readdirSync, readlinkSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Cleaned, counted, type LeftRun } from './leftovers.ts'
import { formatOwner, parseOwner, stateOf, thisProcess } from './processes/owner.ts'

export interface Scratch {
  readonly path: string
  remove(): void
}

const FOLDER = /^gossip-testbed-([0-9a-f]{16})$/
const OWNER_SUFFIX = '.owner'

/** @throws {Error} if no folder can be made */
export function makeScratch(): Scratch {
  const path = folderOf(randomBytes(8).toString('hex'))
  // A link comes into being together with its text, so the owner of a folder is known at every moment.
  symlinkSync(formatOwner(thisProcess()), path + OWNER_SUFFIX)
  try {
    mkdirSync(path, { mode: 0o700 })
  } catch (error) {
    remove(path)
    throw error
  }
  return { path, remove: () => remove(path) }
}

/** Removes the folders of every harness that is gone. */
export function cleanScratch(): Cleaned {
  const all = scratchFolders()
  const gone = all.filter(({ owner }) => owner !== undefined && stateOf(owner) === 'gone')
  for (const { runId } of gone) remove(folderOf(runId))
  return { removed: counted(gone.length, 'folder'), left: all.filter(folder => !gone.includes(folder)) }
}

/** Removes one folder, whoever owns it. */
export function cleanScratchOf(runId: string): Cleaned {
  const found = scratchFolders().filter(folder => folder.runId === runId)
  for (const folder of found) remove(folderOf(folder.runId))
  return { removed: counted(found.length, 'folder'), left: [] }
}

/** Those of this user. */
function scratchFolders(): LeftRun[] {
  return readdirSync(tmpdir()).flatMap(name => {
    if (!name.endsWith(OWNER_SUFFIX)) return []
    const [, runId] = FOLDER.exec(name.slice(0, -OWNER_SUFFIX.length)) ?? []
    const owner = runId === undefined ? undefined : ownOwnerIn(join(tmpdir(), name))
    return runId === undefined || owner === undefined ? [] : [{ runId, owner: parseOwner(owner) }]
  })
}

/** The text of a link that this user made; undefined if it is another user's, no link, or gone meanwhile. */
function ownOwnerIn(link: string): string | undefined {
  try {
    return lstatSync(link).uid === process.getuid?.() ? readlinkSync(link) : undefined
  } catch {
    return undefined
  }
}

function folderOf(runId: string): string {
  return join(tmpdir(), `gossip-testbed-${runId}`)
}

/** The owner goes last: a folder without one would be found by nobody. */
function remove(path: string): void {
  rmSync(path, { recursive: true, force: true })
  rmSync(path + OWNER_SUFFIX, { force: true })
}
