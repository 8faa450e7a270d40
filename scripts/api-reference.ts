/** `npm run docs:api`: writes the API reference, docs/api, from the docstrings of the library. */
import { readdir, readFile, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { Application, type ProjectReflection } from 'typedoc'
import { headingsOf } from './markdown.ts'

const root = new URL('..', import.meta.url).pathname

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
  await mendAnchors(folder)
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

/**
 * The Markdown writer numbers anchors in the order of the sources, Markdown's readers in that of the page: where names
 * differ in case alone, a class and the function that makes it, its links lead to the wrong one of them or to neither.
 */
async function mendAnchors(folder: string): Promise<void> {
  const files = (await readdir(folder, { recursive: true })).filter(file => file.endsWith('.md'))
  const pages = new Map<string, string>()
  for (const file of files) pages.set(join(folder, file), await readFile(join(folder, file), 'utf8'))
  for (const [path, content] of pages) {
    const mended = content.replace(LINK_TO_NAME, (link, text: string, name: string, target: string) => {
      const page = pages.get(target === '' ? path : join(dirname(path), target))
      const anchor = page === undefined ? undefined : anchorOfExport(page, name)
      return anchor === undefined ? link : `[${text}](${target}#${anchor})`
    })
    if (mended !== content) await writeFile(path, mended)
  }
}

/** [`Name`](page.md#anchor) */
const LINK_TO_NAME = /\[(`?([\w$]+)`?)\]\(([^)#\s]*)#[\w-]+\)/g

/** What a module exports has headings of the third level: `Name`, `name()`, `Name<T>`. */
function anchorOfExport(page: string, name: string): string | undefined {
  const isOfName = (text: string) => text.match(/^[\w$]+/)?.[0] === name
  return headingsOf(page).find(({ level, text }) => level === 3 && isOfName(text))?.anchor
}

if (import.meta.main) await writeApiReference(join(root, 'docs/api'))
