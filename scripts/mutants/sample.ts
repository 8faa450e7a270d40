/** Which mutants are tried: a seeded sample over all files. */
import { createHash } from 'node:crypto'
import { type Mutant, mutantsOf } from './mutant.ts'
import { Types } from './types.ts'

export interface Sample {
  readonly mutants: readonly Mutant[]
  /** All mutants of all files, of which the sample is a part. */
  readonly outOf: number
  /** Mutants that the compiler refuses: each gave its place in the sample to the next. */
  readonly refused: number
}

/**
 * Every mutant has the same chance. Its place in the order depends on the seed and the change alone, so a commit that changes
 * one file leaves the mutants of the others in the sample.
 *
 * @param root - of the repository, for the compiler
 * @param sources - by path from the root
 */
export async function sampleOf(
  root: string,
  sources: ReadonlyMap<string, string>,
  seed: number,
  count: number
): Promise<Sample> {
  const all = (await Promise.all([...sources].map(([file, source]) => mutantsOf(file, source)))).flat()
  const types = new Types(root, sources)
  const mutants: Mutant[] = []
  let refused = 0
  for (const mutant of inOrderOf(seed, all)) {
    if (mutants.length === count) break
    if (types.accept(mutant)) mutants.push(mutant)
    else refused++
  }
  return { mutants, outOf: all.length, refused }
}

function inOrderOf(seed: number, all: readonly Mutant[]): Mutant[] {
  const seen = new Map<string, number>()
  const keyed = all.map(mutant => {
    const change = JSON.stringify([mutant.file, mutant.mutator, mutant.from, mutant.to])
    // The same change may be made in several places of a file.
    const repetition = seen.get(change) ?? 0
    seen.set(change, repetition + 1)
    return { mutant, key: createHash('sha256').update(`${seed} ${repetition} ${change}`).digest('hex') }
  })
  return keyed.sort((a, b) => (a.key < b.key ? -1 : 1)).map(({ mutant }) => mutant)
}
