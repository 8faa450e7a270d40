/** Marks on elements by which the page's filters show and hide them. */
import type { NodeName } from '../../../contract.ts'
import type { RuleId } from '../../../judge/rules.ts'
import type { NodeNumber } from '../data/report-data.ts'
import { type Markup, markup, nothing } from '../markup.ts'

/** Of each node its number. */
export type Numbers = ReadonlyMap<NodeName, NodeNumber>

/** The element is about these nodes; one that is about all of them is about none in particular. */
export function forNodes(numbers: Numbers, nodes: readonly NodeName[]): Markup {
  const found = nodes.flatMap(node => numbers.get(node) ?? [])
  return found.length === numbers.size ? nothing : markup` data-nodes="${found.join(' ')}"`
}

/** The element shows what this rule found. */
export function forRule(rule: RuleId): Markup {
  return markup` data-rule="${rule}"`
}
