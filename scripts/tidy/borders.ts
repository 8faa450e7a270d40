/** Which part may import which. The border of the core itself is guarded by the compiler and the linter. */
import type { Finding } from './finding.ts'
import type { Import, Source } from './sources.ts'

interface Border {
  /** Files that it holds for. */
  readonly of: RegExp
  readonly refuses: (import_: Import) => boolean
  readonly remedy: string
}

const borders: readonly Border[] = [
  {
    of: /^lib\/src\/(?!core\/)/,
    refuses: ({ file }) => file !== undefined && /^lib\/src\/core\/(?!index\.ts$)/.test(file),
    remedy: 'the core is used by its index.ts; import it from there'
  },
  {
    of: /^harness\/src\/(?!node\/|simulation\/)/,
    refuses: ({ specifier, file }) =>
      /^@gossip-discovery\/libp2p(\/|$)/.test(specifier) || file?.startsWith('lib/') === true,
    remedy: 'any program can be put under test, so only node/ and simulation/ know the library; use contract.ts'
  },
  {
    of: /^(lib|harness)\/src\//,
    refuses: ({ file }) => file !== undefined && /(^|\/)(test|bench|scripts|examples)\//.test(file),
    remedy: 'what is published does not import what is not; move it to src/'
  }
]

export function crossedBorders(sources: readonly Source[]): Finding[] {
  return sources.flatMap(({ path, imports }) =>
    borders
      .filter(border => border.of.test(path))
      .flatMap(({ refuses, remedy }) => imports.filter(refuses).map(refused => ({ refused, remedy })))
      .map(({ refused: { specifier }, remedy }) => ({
        rule: 'crossed borders',
        place: `${path} ${specifier}`,
        size: 1,
        message: `${path} imports ${specifier}: ${remedy}`
      }))
  )
}
