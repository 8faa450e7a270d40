/** What the public names of the library lack in documentation. */
import { join } from 'node:path'
import ts from 'typescript'

const OPTIONS: ts.CompilerOptions = {
  target: ts.ScriptTarget.ES2024,
  module: ts.ModuleKind.NodeNext,
  moduleResolution: ts.ModuleResolutionKind.NodeNext,
  allowImportingTsExtensions: true,
  noEmit: true,
  types: []
}

/** Names exported by a module that have no docstring. */
export function withoutDocstring(root: string, module: string): string[] {
  return namesOf(join(root, module), (symbol, checker) => symbol.getDocumentationComment(checker).length === 0)
}

/** Functions, classes and constants exported by a module that show no example of their use. */
export function withoutExample(root: string, module: string): string[] {
  return namesOf(join(root, module), (symbol, checker) => {
    const isValue = (symbol.flags & ts.SymbolFlags.Value) !== 0
    return isValue && !symbol.getJsDocTags(checker).some(tag => tag.name === 'example')
  })
}

function namesOf(path: string, isWanted: (symbol: ts.Symbol, checker: ts.TypeChecker) => boolean): string[] {
  const program = ts.createProgram([path], OPTIONS)
  const checker = program.getTypeChecker()
  const module = checker.getSymbolAtLocation(program.getSourceFile(path)!)
  if (module === undefined) throw new Error(`${path} is no module`)
  return checker
    .getExportsOfModule(module)
    .filter(symbol => isWanted(declared(symbol, checker), checker))
    .map(symbol => symbol.name)
    .sort()
}

/** What a name stands for that is only handed on. */
function declared(symbol: ts.Symbol, checker: ts.TypeChecker): ts.Symbol {
  return (symbol.flags & ts.SymbolFlags.Alias) !== 0 ? checker.getAliasedSymbol(symbol) : symbol
}
