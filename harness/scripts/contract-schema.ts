/** Writes docs/contract.schema.json from the schemas that the harness itself checks with. */
import { writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { z } from 'zod'
import { commandSchema, MAX_LINE_BYTES, nodeLineSchema } from '../src/contract.ts'

export const schemaPath = new URL('../../docs/contract.schema.json', import.meta.url)

if (process.argv[1] === fileURLToPath(import.meta.url)) await writeFile(schemaPath, contractSchema())

/** JSON Schema of one line: `#/$defs/nodeLine` of stdout, `#/$defs/command` of stdin. */
export function contractSchema(): string {
  const schema = {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'The lines between a node and the harness',
    description: `One JSON object a line, at most ${MAX_LINE_BYTES} bytes of UTF-8. docs/CONTRACT.md says what they mean.`,
    oneOf: [{ $ref: '#/$defs/nodeLine' }, { $ref: '#/$defs/command' }],
    $defs: { nodeLine: jsonSchema(nodeLineSchema), command: jsonSchema(commandSchema) }
  }
  return `${JSON.stringify(schema, null, 2)}\n`
}

/** Fields that the contract does not name are allowed, and ignored. */
function jsonSchema(schema: z.ZodType) {
  const { $schema, ...rest } = z.toJSONSchema(schema, { io: 'input' })
  return rest
}
