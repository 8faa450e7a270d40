/** Marks on elements by which the page's filters show and hide them, and lists that are folded beyond their beginning. */
import type { NodeName } from '../../../contract.ts'
import type { RuleId } from '../../../judge/rules.ts'
import { amountText } from '../../../judge/wording.ts'
import type { NodeNumber } from '../data/report-data.ts'
import { type Markup, markup, nothing } from '../markup.ts'

/** Of each node its number. */
export type Numbers = ReadonlyMap<NodeName, NodeNumber>

/** The element is about these nodes; one that is about all of them is about none in particular. */
export function forNodes(numbers: Numbers, nodes: readonly NodeName[]): Markup {
  const found = [...new Set(nodes.flatMap(node => numbers.get(node) ?? []))]
  return found.length === numbers.size ? nothing : markup` data-nodes="${found.join(' ')}"`
}

/** The element shows what this rule found. */
export function forRule(rule: RuleId): Markup {
  return markup` data-rule="${rule}"`
}

/**
 * What is beyond `shown` is folded, so that a long list does not hide what comes after it; a filter unfolds it.
 *
 * @param list - lays out the items that it is given
 * @param what - such as `findings`, for the line that unfolds them
 */
export function folded(
  items: readonly Markup[],
  shown: number,
  list: (items: readonly Markup[]) => Markup,
  what: string
): Markup {
  const rest = items.slice(shown)
  const first = shown === 0 ? nothing : list(items.slice(0, shown))
  if (rest.length === 0) return first
  const title = shown === 0 ? `${amountText(rest.length)} ${what}` : `${amountText(rest.length)} more ${what}`
  return markup`${first}<details class="fold"><summary>${title}</summary>${list(rest)}</details>`
}
