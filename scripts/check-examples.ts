/** `npm run check:examples`: every TypeScript block in the documentation and in docstrings compiles, strictly. */
import { glob } from 'node:fs/promises'
import { compile } from './examples/compile.ts'
import { examplesOf } from './examples/extract.ts'

/** The API reference repeats the docstrings. */
const DOCUMENTS = [
  '*.md',
  '{lib,harness}/*.md',
  'examples/**/*.md',
  'docs/!(api)/**/*.md',
  'docs/*.md',
  'lib/src/**/*.ts'
]

const root = new URL('..', import.meta.url).pathname

if (import.meta.main) {
  const { count, faults } = await checkExamples()
  for (const fault of faults) console.error(fault)
  console.log(`${count} examples, ${faults.length} faults`)
  process.exitCode = faults.length > 0 ? 1 : 0
}

/** Faults as `file:line: message`. */
export async function checkExamples(): Promise<{ count: number; faults: string[] }> {
  const examples = []
  for await (const file of glob(DOCUMENTS, { cwd: root })) examples.push(...(await examplesOf(root, file)))
  return { count: examples.length, faults: compile(root, examples) }
}
