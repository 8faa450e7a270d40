/** What is wrong with a YAML file of a user, and where. */

/** Keys and indices, from the top. */
export type Path = readonly (string | number)[]

export interface Problem {
  readonly path: Path
  /** Of the value at the path if undefined, else of the key that it has. */
  readonly of?: 'key'
  /** One line: what is wrong, and what would be right. */
  readonly message: string
}

/** From 1. */
export interface Position {
  readonly line: number
  readonly column: number
}

/** The file that something was read from. */
export interface FileSource {
  /** As it is shown to the user. */
  readonly file: string
  /** Of the nearest part around it, where the path itself leads to nothing. */
  positionOf(path: Path, of?: 'key'): Position
}

const MAX_SHOWN = 20

/** A line for each problem: `file:line:column: what is wrong, and what would be right`. */
export class FileError extends Error {
  constructor(source: FileSource, problems: readonly Problem[]) {
    const lines = problems.slice(0, MAX_SHOWN).map(({ path, of, message }) => {
      const { line, column } = source.positionOf(path, of)
      return `${source.file}:${line}:${column}: ${message}`
    })
    if (problems.length > MAX_SHOWN) lines.push(`${source.file}: and ${problems.length - MAX_SHOWN} more`)
    super(lines.join('\n'))
  }
}
