/** A book is held to the fields that its program says its books hold: they are there, and what else is there counts for nothing. */
import { type BookEntry, type BookField, bookFieldsOf, type NodeLine } from '../../contract.ts'

/** The line with the fields of its program alone, or what is missing in a sentence. Each line of a process, in order. */
export type FieldHolder = (line: NodeLine) => NodeLine | string

export function createFieldHolder(): FieldHolder {
  // Before the first `ready` line nobody knows them.
  let fields: readonly BookField[] | undefined
  return line => {
    const held = holdToFields(line, fields)
    if (line.type === 'ready') fields = bookFieldsOf(line)
    return held
  }
}

function holdToFields(line: NodeLine, fields: readonly BookField[] | undefined): NodeLine | string {
  if (fields === undefined) return line
  switch (line.type) {
    case 'joined':
    case 'updated': {
      const missing = fields.find(field => line[field] === undefined)
      return missing === undefined ? { ...only(line, fields), type: line.type } : faultOf(line.type, missing)
    }
    case 'book': {
      for (const [index, entry] of line.entries.entries()) {
        const missing = fields.find(field => entry[field] === undefined)
        if (missing !== undefined) return faultOf('book', `entries[${index}].${missing}`)
      }
      return { ...line, entries: line.entries.map(entry => only(entry, fields)) }
    }
    default:
      return line
  }
}

function only(entry: BookEntry, fields: readonly BookField[]): BookEntry {
  const kept = fields.map(field => [field, entry[field]] as const)
  return { peerId: entry.peerId, ...Object.fromEntries(kept) }
}

function faultOf(type: string, place: string): string {
  return `${type}: ${place}: is missing, though \`ready\` says that books hold it`
}
