/** Writes docs/result.schema.json from the schema that result.json is made by. */
import { writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { z } from 'zod'
import { RESULT_VERSION, resultSchema } from '../src/reports/result/schema.ts'

export const resultSchemaPath = new URL('../../docs/result.schema.json', import.meta.url)

if (process.argv[1] === fileURLToPath(import.meta.url)) await writeFile(resultSchemaPath, resultJsonSchema('open'))

/** @param kind `open`: as it is published, minor versions may add fields; `closed`: without any that it does not name */
export function resultJsonSchema(kind: 'open' | 'closed'): string {
  const { $schema, ...rest } = z.toJSONSchema(resultSchema, { io: kind === 'open' ? 'input' : 'output' })
  const document = {
    $schema,
    title: 'result.json of test-network',
    description:
      `What a run showed, version ${RESULT_VERSION}, the same for real and simulated runs. Times are ms since the start of the run. ` +
      'Minor versions add fields, and have no number: a reader ignores what it does not know, and refuses a newer version. ' +
      'Lists are cut off where they say so, and then a number beside each counts the rest.',
    ...rest
  }
  return `${JSON.stringify(document, null, 2)}\n`
}
