/** Writes docs/adapter.schema.json from the schema that the harness itself reads adapters with. */
import { writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { z } from 'zod'
import { adapterSchema as schema } from '../src/adapters/schema.ts'

export const adapterSchemaPath = new URL('../../docs/adapter.schema.json', import.meta.url)

if (process.argv[1] === fileURLToPath(import.meta.url)) await writeFile(adapterSchemaPath, adapterJsonSchema())

/** For editors. That the folders and files which it names are there only the harness knows. */
export function adapterJsonSchema(): string {
  const { $schema, ...rest } = z.toJSONSchema(schema, { io: 'input', reused: 'inline' })
  const document = {
    $schema,
    title: 'An adapter of test-network',
    description: 'Another system under the node contract. docs/guide/adapters.md says what each key means.',
    ...rest
  }
  return `${JSON.stringify(document, null, 2)}\n`
}
