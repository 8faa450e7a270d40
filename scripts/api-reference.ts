/** `npm run docs:api`: writes the API reference, docs/api, from the docstrings of the library. */
import { join } from 'node:path'
import { Application, type ProjectReflection } from 'typedoc'

const root = new URL('..', import.meta.url).pathname

if (import.meta.main) await writeApiReference(join(root, 'docs/api'))

/**
 * @throws {Error} when the docstrings have faults, such as a link that leads nowhere; they are printed
 */
export async function writeApiReference(folder: string): Promise<void> {
  const options = { options: join(root, 'lib/typedoc.json'), out: folder, logLevel: 'Warn' as const }
  const app = await Application.bootstrapWithPlugins(options)
  const project = await app.convert()
  if (project === undefined) throw new Error('the library does not compile')
  app.validate(project)
  nameThrownErrors(project)
  await app.generateOutputs(project)
  if (app.logger.hasWarnings() || app.logger.hasErrors()) throw new Error('the docstrings have faults, see above')
}

/** `@throws {RangeError} when`: the Markdown writer knows only what follows the braces. */
function nameThrownErrors(project: ProjectReflection): void {
  for (const { comment } of Object.values(project.reflections)) {
    for (const tag of comment?.getTags('@throws') ?? []) {
      const errorClass = tag.typeAnnotation?.replace(/[{}]/g, '')
      if (errorClass !== undefined)
        tag.content.unshift({ kind: 'code', text: `\`${errorClass}\`` }, { kind: 'text', text: ' ' })
    }
  }
}
