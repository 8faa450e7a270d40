/** Writes docs/scenario.schema.json from the schema that the harness itself reads scenarios with. */
import { writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { z } from 'zod'
import { scenarioSchema as schema } from '../src/scenario/file/schema.ts'

export const scenarioSchemaPath = new URL('../../docs/scenario.schema.json', import.meta.url)

if (process.argv[1] === fileURLToPath(import.meta.url)) await writeFile(scenarioSchemaPath, scenarioJsonSchema())

/** For editors: what a scenario file may hold, as it is written. Keys that go against each other only the harness knows. */
export function scenarioJsonSchema(): string {
  const { $schema, ...rest } = z.toJSONSchema(schema, { io: 'input', reused: 'inline' })
  const document = {
    $schema,
    title: 'A scenario of test-network',
    description: 'What happens in a network under test. docs/guide/scenarios.md says what each key means.',
    ...rest
  }
  return `${JSON.stringify(document, null, 2)}\n`
}
