/** No test sleeps: it waits for what it needs, with `until` or `settled` of scripts/tests/until.ts. */
import ts from 'typescript'
import type { Finding } from './finding.ts'
import type { Source } from './sources.ts'

export function sleepingTests(sources: readonly Source[]): Finding[] {
  return sources
    .filter(({ path }) => /(^|\/)test\//.test(path))
    .flatMap(source => {
      const size = sleepsIn(source)
      if (size === 0) return []
      const message = `${source.path} sleeps ${size} times: wait for what it needs, with until of scripts/tests/until.ts`
      return [{ rule: 'sleeping tests', place: source.path, size, message }]
    })
}

/** Calls of `setTimeout`, and the import of one that returns a promise. */
function sleepsIn({ ast, imports }: Source): number {
  let sleeps = imports.filter(({ specifier }) => /^(node:)?timers\/promises$/.test(specifier)).length
  const visit = (node: ts.Node) => {
    if (ts.isCallExpression(node) && node.expression.getText(ast) === 'setTimeout') sleeps++
    ts.forEachChild(node, visit)
  }
  visit(ast)
  return sleeps
}
