/** Writes docs/history.schema.json from the schemas that `judge` reads histories with. */
import { writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { z } from 'zod'
import { eventSchemas } from '../src/history/event-schema.ts'
import { HISTORY_VERSION } from '../src/history/history.ts'

export const historySchemaPath = new URL('../../docs/history.schema.json', import.meta.url)

if (process.argv[1] === fileURLToPath(import.meta.url)) await writeFile(historySchemaPath, historyJsonSchema('open'))

/**
 * JSON Schema of one line.
 *
 * @param kind `open`: as it is published, minor versions may add fields and events; `closed`: without any that it does not name
 */
export function historyJsonSchema(kind: 'open' | 'closed'): string {
  const types = Object.keys(eventSchemas)
  const events = Object.entries(eventSchemas).map(([type, schema]) => {
    const { $schema, ...rest } = z.toJSONSchema(schema, { io: kind === 'open' ? 'input' : 'output' })
    return [type, rest] as const
  })
  const schema = {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'A line of history.ndjson',
    description:
      `What a run of test-network observed, version ${HISTORY_VERSION}: one JSON object a line, in the order of time. ` +
      'The first line is of type run-started and says the version. Minor versions add fields and types, which a reader ignores.',
    type: 'object',
    required: ['atMs', 'type'],
    properties: { atMs: { type: 'number', minimum: 0 }, type: { type: 'string' } },
    allOf: types.map(type => ({
      if: { properties: { type: { const: type } } },
      // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema
      then: { $ref: `#/$defs/${type}` }
    })),
    ...(kind === 'closed' && { properties: { atMs: {}, type: { enum: types } } }),
    $defs: Object.fromEntries(events)
  }
  return `${JSON.stringify(schema, null, 2)}\n`
}
