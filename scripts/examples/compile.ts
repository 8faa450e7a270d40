/** Compiles examples, each as a module of its own, without writing a file. */
import { dirname, join } from 'node:path'
import ts from 'typescript'
import type { Example } from './extract.ts'

/** What a reader takes for granted in an example, as globals. */
const CONTEXT = 'scripts/examples/context.ts'

const OPTIONS: ts.CompilerOptions = {
  target: ts.ScriptTarget.ES2024,
  lib: ['lib.es2024.d.ts', 'lib.dom.d.ts'],
  module: ts.ModuleKind.NodeNext,
  moduleResolution: ts.ModuleResolutionKind.NodeNext,
  customConditions: ['@gossip/source'],
  types: ['node'],
  strict: true,
  noUncheckedIndexedAccess: true,
  exactOptionalPropertyTypes: true,
  allowImportingTsExtensions: true,
  noEmit: true,
  skipLibCheck: true
}

/** Faults as `file:line: message`, the lines those of the documents. */
export function compile(root: string, examples: readonly Example[]): string[] {
  const modules = new Map(examples.map(example => [modulePath(root, example), example]))
  const host = ts.createCompilerHost(OPTIONS)
  const { getSourceFile, fileExists } = host
  host.fileExists = path => modules.has(path) || fileExists(path)
  host.getSourceFile = (path, ...rest) => {
    const example = modules.get(path)
    if (example === undefined) return getSourceFile(path, ...rest)
    return ts.createSourceFile(path, `${example.code}\nexport {}\n`, ts.ScriptTarget.ES2024)
  }
  const program = ts.createProgram([join(root, CONTEXT), ...modules.keys()], OPTIONS, host)
  return ts.getPreEmitDiagnostics(program).map(diagnostic => described(diagnostic, modules))
}

/** Beside the document, so that imports are found from there. */
function modulePath(root: string, { file, line }: Example): string {
  return join(root, dirname(file), `example-${file.replace(/\W/g, '-')}-${line}.ts`)
}

function described(diagnostic: ts.Diagnostic, modules: ReadonlyMap<string, Example>): string {
  const message = ts.flattenDiagnosticMessageText(diagnostic.messageText, '\n  ')
  const { file, start = 0 } = diagnostic
  if (file === undefined) return message
  const line = file.getLineAndCharacterOfPosition(start).line
  const example = modules.get(file.fileName)
  return example === undefined
    ? `${file.fileName}:${line + 1}: ${message}`
    : `${example.file}:${example.line + line}: ${message}`
}
