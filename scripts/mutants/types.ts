/** What the compiler says of a mutant. One that it refuses never reaches a test, so it says nothing of the tests. */
import { join } from 'node:path'
import ts from 'typescript'
import { type Mutant, mutated } from './mutant.ts'

const OPTIONS: ts.CompilerOptions = {
  target: ts.ScriptTarget.ESNext,
  module: ts.ModuleKind.NodeNext,
  customConditions: ['@gossip/source'],
  allowImportingTsExtensions: true,
  noEmit: true,
  strict: true,
  noUncheckedIndexedAccess: true,
  exactOptionalPropertyTypes: true,
  skipLibCheck: true,
  lib: ['lib.es2024.d.ts'],
  types: ['node']
}

export class Types {
  readonly #root: string
  readonly #sources: ReadonlyMap<string, string>
  readonly #versions = new Map<string, { text: string; version: number }>()
  readonly #service: ts.LanguageService

  constructor(root: string, sources: ReadonlyMap<string, string>) {
    this.#root = root
    this.#sources = sources
    for (const [file, text] of sources) this.#versions.set(join(root, file), { text, version: 0 })
    this.#service = ts.createLanguageService(this.#host())
  }

  /** Looks for errors in the changed file alone: a mutant changes what code does, and hardly ever what it exports. */
  accept(mutant: Mutant): boolean {
    const path = join(this.#root, mutant.file)
    const source = this.#sources.get(mutant.file)!
    this.#write(path, mutated(source, mutant))
    const errors = [...this.#service.getSyntacticDiagnostics(path), ...this.#service.getSemanticDiagnostics(path)]
    this.#write(path, source)
    return errors.length === 0
  }

  #write(path: string, text: string): void {
    this.#versions.set(path, { text, version: this.#versions.get(path)!.version + 1 })
  }

  #host(): ts.LanguageServiceHost {
    return {
      getCompilationSettings: () => OPTIONS,
      getScriptFileNames: () => [...this.#versions.keys()],
      getScriptVersion: path => String(this.#versions.get(path)?.version ?? 0),
      getScriptSnapshot: path => {
        const text = this.#versions.get(path)?.text ?? ts.sys.readFile(path)
        return text === undefined ? undefined : ts.ScriptSnapshot.fromString(text)
      },
      getCurrentDirectory: () => this.#root,
      getDefaultLibFileName: ts.getDefaultLibFilePath,
      fileExists: ts.sys.fileExists,
      readFile: ts.sys.readFile,
      readDirectory: ts.sys.readDirectory,
      directoryExists: ts.sys.directoryExists,
      getDirectories: ts.sys.getDirectories
    }
  }
}
