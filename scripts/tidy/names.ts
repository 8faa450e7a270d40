/** One name, one thing: no two rooms of a package export the same name. Handing on what another file declares is none. */
import ts from 'typescript'
import type { Finding } from './finding.ts'
import { roomOf, type Source } from './sources.ts'

const PACKAGES = ['lib/src/', 'harness/src/']

export function sharedNames(sources: readonly Source[]): Finding[] {
  return PACKAGES.flatMap(folder => {
    const declarations = sources
      .filter(({ path }) => path.startsWith(folder))
      .flatMap(source => namesIn(source).map(name => ({ name, path: source.path })))
    return [...Map.groupBy(declarations, ({ name }) => name)]
      .map(([name, places]) => ({ name, places: places.map(({ path }) => path) }))
      .filter(({ places }) => new Set(places.map(roomOf)).size > 1)
      .map(({ name, places }) => ({
        rule: 'shared names',
        place: `${folder} ${name}`,
        size: places.length,
        message: `${places.join(', ')} each export ${name}; at most one room may: name each for what it is`
      }))
  })
}

function namesIn({ ast }: Source): string[] {
  const names = ast.statements.filter(isExported).flatMap(statement => {
    if (ts.isVariableStatement(statement))
      return statement.declarationList.declarations.map(({ name }) => name.getText())
    if (ts.isImportEqualsDeclaration(statement) || !ts.isDeclarationStatement(statement)) return []
    return statement.name?.getText() ?? []
  })
  // A function may be declared more than once, by overloads.
  return [...new Set(names)]
}

function isExported(statement: ts.Statement): boolean {
  return (
    ts.canHaveModifiers(statement) &&
    ts.getModifiers(statement)?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword) === true
  )
}
