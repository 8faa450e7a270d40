/** What is mutated, and which tests a mutant has to get past. */
import { basename, dirname, join, relative } from 'node:path/posix'

export interface Campaign {
  /** The folder of the sources. */
  readonly sources: string
  /** The folder of their tests, whose rooms follow those of the sources. */
  readonly tests: string
  /** Tests that are left out: they look at how the sources are written, not at what they do. */
  readonly without: readonly string[]
  /** Tests of other folders that try these sources as well. */
  readonly others: readonly string[]
  /** Slow tests: they run last, in this order, and each in a process of its own. */
  readonly last: readonly string[]
}

export const CAMPAIGNS: Readonly<Record<string, Campaign>> = {
  core: {
    sources: 'lib/src/core',
    tests: 'lib/test/core',
    without: ['lib/test/core/border.test.ts'],
    others: [],
    last: [
      'lib/test/core/overlay/surrounded.test.ts',
      'lib/test/core/book/flood.test.ts',
      'lib/test/core/books-meet.test.ts',
      'harness/test/simulation/shipped.test.ts',
      'lib/test/core/book/flooded-network.test.ts'
    ]
  },
  judge: {
    sources: 'harness/src/judge',
    tests: 'harness/test/judge',
    without: [],
    others: ['harness/test/planted/recorded.test.ts', 'harness/test/reports/reports.test.ts'],
    last: []
  }
}

/** The tests of the room of a source but for the slow ones, first those of its own file. */
export function nearTests({ sources, tests, last }: Campaign, source: string, all: readonly string[]): string[] {
  const room = roomOfTests(join(tests, relative(sources, dirname(source))), all)
  const near = all.filter(test => dirname(test) === room && !last.includes(test))
  const own = basename(source, '.ts')
  return near.toSorted((a, b) => Number(isOf(own, b)) - Number(isOf(own, a)))
}

/** The folder itself, or the nearest one above it that has tests. */
function roomOfTests(folder: string, all: readonly string[]): string {
  return folder === '.' || all.some(test => dirname(test) === folder) ? folder : roomOfTests(dirname(folder), all)
}

function isOf(own: string, test: string): boolean {
  return basename(test) === `${own}.test.ts`
}
