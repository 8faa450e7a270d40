/** A room is a folder of few files with one purpose; a small file belongs to its only user. */
import type { Finding } from './finding.ts'
import { roomOf, type Source } from './sources.ts'

const MAX_FILES = 10
const MIN_LINES = 20

/** Without tests: their folders follow those of the sources. */
export function fullRooms(sources: readonly Source[]): Finding[] {
  const rooms = Map.groupBy(sources.filter(isNoTest), ({ path }) => roomOf(path))
  return [...rooms]
    .filter(([, files]) => files.length > MAX_FILES)
    .map(([room, { length }]) => ({
      rule: 'full rooms',
      place: room,
      size: length,
      message: `${room} holds ${length} files; at most ${MAX_FILES}: make a room for those that have a purpose in common`
    }))
}

export function smallFiles(sources: readonly Source[]): Finding[] {
  const users = usersOf(sources.filter(isNoTest))
  return sources
    .filter(({ path, lines }) => lines < MIN_LINES && users.get(path)?.length === 1)
    .map(({ path, lines }) => {
      const [user] = users.get(path)!
      const message = `${path} has ${lines} lines, fewer than ${MIN_LINES}, and only ${user} uses it: move it there`
      return { rule: 'small files', place: path, size: 1, message }
    })
}

/** By imported file: the files that import it. */
function usersOf(sources: readonly Source[]): Map<string, string[]> {
  const users = new Map<string, string[]>()
  for (const { path, imports } of sources) {
    for (const file of new Set(imports.map(({ file }) => file))) {
      if (file !== undefined) users.set(file, [...(users.get(file) ?? []), path])
    }
  }
  return users
}

function isNoTest({ path }: Source): boolean {
  return !/(^|\/)test\//.test(path)
}
