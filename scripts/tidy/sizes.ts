/** Files of at most 300 lines, functions of at most 50. */
import ts from 'typescript'
import type { Finding } from './finding.ts'
import type { Source } from './sources.ts'

const MAX_FILE_LINES = 300
const MAX_FUNCTION_LINES = 50

export function longFiles(sources: readonly Source[]): Finding[] {
  return sources
    .filter(({ lines }) => lines > MAX_FILE_LINES)
    .map(({ path, lines }) => ({
      rule: 'long files',
      place: path,
      size: lines,
      message: `${path} has ${lines} lines; at most ${MAX_FILE_LINES}: move what has a purpose of its own to another file`
    }))
}

export function longFunctions(sources: readonly Source[]): Finding[] {
  return sources.flatMap(({ path, ast }) => {
    const findings: Finding[] = []
    const visit = (node: ts.Node, inside: string) => {
      const name = nameOf(node, inside)
      const lines = ts.isFunctionLike(node) && 'body' in node ? linesOf(node, ast) : 0
      if (lines > MAX_FUNCTION_LINES) findings.push(longFunction(path, name, lines))
      ts.forEachChild(node, child => visit(child, name))
    }
    visit(ast, '')
    return findings
  })
}

function longFunction(path: string, name: string, lines: number): Finding {
  const message = `${path}: ${name} has ${lines} lines; at most ${MAX_FUNCTION_LINES}: give its steps names`
  return { rule: 'long functions', place: `${path} ${name}`, size: lines, message }
}

/** Of the function itself, without its docstring. */
function linesOf(node: ts.Node, ast: ts.SourceFile): number {
  const lineAt = (position: number) => ast.getLineAndCharacterOfPosition(position).line
  return lineAt(node.end) - lineAt(node.getStart(ast)) + 1
}

/** Such as `Book.apply`. A function without a name is called by what it is given to, such as `test 'a fact'`. */
function nameOf(node: ts.Node, inside: string): string {
  const own = ownName(node)
  if (own === undefined) return inside
  return inside === '' ? own : `${inside}.${own}`
}

function ownName(node: ts.Node): string | undefined {
  if (ts.isConstructorDeclaration(node)) return 'constructor'
  const isNamed =
    ts.isClassDeclaration(node) ||
    ts.isVariableDeclaration(node) ||
    ts.isFunctionDeclaration(node) ||
    ts.isClassElement(node)
  if (isNamed) return node.name?.getText()
  if (ts.isCallExpression(node)) {
    const [first] = node.arguments
    return first !== undefined && ts.isStringLiteralLike(first) ? `'${first.text}'` : undefined
  }
  return undefined
}
