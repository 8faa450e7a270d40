/** Writes docs/comparison.schema.json from the schema that comparison.json is read by. */
import { writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { z } from 'zod'
import { COMPARISON_VERSION, comparisonSchema } from '../src/comparison/document.ts'

export const comparisonSchemaPath = new URL('../../docs/comparison.schema.json', import.meta.url)

if (process.argv[1] === fileURLToPath(import.meta.url)) await writeFile(comparisonSchemaPath, comparisonJsonSchema())

/** As it is published: minor versions may add fields. */
export function comparisonJsonSchema(): string {
  const { $schema, ...rest } = z.toJSONSchema(comparisonSchema, { io: 'input' })
  const document = {
    $schema,
    title: 'comparison.json of test-network compare',
    description:
      `How systems compared, version ${COMPARISON_VERSION}. Values are in the units that \`units\` names; null stands for what did not come within \`limitMs\`. ` +
      'Minor versions add fields, and have no number: a reader ignores what it does not know, and refuses a newer version.',
    ...rest
  }
  return `${JSON.stringify(document, null, 2)}\n`
}
