import { Ajv2020 } from 'ajv/dist/2020.js'

/** What is wrong with a value by a JSON Schema; empty if nothing is. */
export function schemaFaults(schema: string): (value: unknown) => string[] {
  const ajv = new Ajv2020({ strict: true, strictTypes: false, allErrors: true })
  const validate = ajv.compile(JSON.parse(schema))
  return value => {
    if (validate(value)) return []
    return validate.errors!.map(
      ({ instancePath, message, params }) => `${instancePath} ${message} ${JSON.stringify(params)}`
    )
  }
}
