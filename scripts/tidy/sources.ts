/** The TypeScript files that the rules of a tidy house look at, parsed but not type-checked: that would take seconds. */
import { glob, readFile } from 'node:fs/promises'
import { dirname, join, normalize } from 'node:path/posix'
import ts from 'typescript'

const FOLDERS = [
  'lib/src',
  'lib/test',
  'harness/src',
  'harness/adapters',
  'harness/test',
  'harness/bench',
  'examples',
  'scripts'
]

export interface Source {
  /** From the root of the repository. */
  readonly path: string
  readonly lines: number
  readonly ast: ts.SourceFile
  readonly imports: readonly Import[]
}

/** Of types, too: a reader has to follow those as well. */
export interface Import {
  /** As it is written, such as `../book/digest.ts` or `libp2p`. */
  readonly specifier: string
  /** The path that a relative import leads to, else undefined. */
  readonly file: string | undefined
}

export async function readSources(root: string): Promise<Source[]> {
  const paths: string[] = []
  for await (const path of glob(`{${FOLDERS}}/**/*.ts`, { cwd: root, exclude: isForeign })) paths.push(path)
  return await Promise.all(paths.sort().map(async path => sourceOf(path, await readFile(join(root, path), 'utf8'))))
}

export function sourceOf(path: string, text: string): Source {
  const ast = ts.createSourceFile(path, text, ts.ScriptTarget.ESNext, true)
  return { path, lines: text.trimEnd().split('\n').length, ast, imports: importsOf(path, text) }
}

/** The folder that a file lies in: its room. */
export function roomOf(path: string): string {
  return dirname(path)
}

/** What npm and compilers write. */
function isForeign(path: string): boolean {
  return /(^|\/)(node_modules|dist)(\/|$)/.test(path)
}

function importsOf(path: string, text: string): Import[] {
  const specifiers = ts.preProcessFile(text, true, true).importedFiles.map(({ fileName }) => fileName)
  return specifiers.map(specifier => ({
    specifier,
    file: specifier.startsWith('.') ? normalize(join(dirname(path), specifier)) : undefined
  }))
}
