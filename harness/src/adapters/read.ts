/** Reads an adapter.yaml. Every fault is told with its line and column. */
import { explain } from '../yaml/explain.ts'
import { FileError, type Path } from '../yaml/problem.ts'
import { type FileKind, readYaml } from '../yaml/read-yaml.ts'
import { type AdapterFile, adapterSchema } from './schema.ts'

/** An adapter.yaml cannot be used. A line for each problem. */
export class AdapterError extends FileError {
  override name = 'AdapterError'
}

const kind: FileKind = { name: 'an adapter', least: 'name:, version:, build: and command:', Fault: AdapterError }

/**
 * @param folder - the name of the folder that the file lies in
 * @param file - as it is shown to the user
 * @throws {AdapterError} with everything that is wrong
 */
export function readAdapter(text: string, { folder, file }: { folder: string; file: string }): AdapterFile {
  const { content, source } = readYaml(text, file, kind)
  const read = adapterSchema.safeParse(content)
  if (!read.success) {
    throw new AdapterError(source, explain(read.error.issues, { name: 'an adapter', content, keysAt }))
  }
  if (read.data.name !== folder) {
    const message = `name must be that of the folder, ${folder}, not ${JSON.stringify(read.data.name)}`
    throw new AdapterError(source, [{ path: ['name'], message }])
  }
  return read.data
}

function keysAt([top]: Path): string[] {
  const { shape } = adapterSchema
  return Object.keys(top === 'build' ? shape.build.shape : shape)
}
