/** The one table of a comparison, in parts that fit a page: terminal, Markdown and page render the same cells. */
import { RULES, type RuleId } from '../../judge/rules.ts'
import { printable } from '../../printable.ts'
import { COMPARED, type ComparedName, comparedText } from '../../reports/words/figures/compared.ts'
import type { Comparison, ComparisonRow, RowFigure } from '../document.ts'

export interface ComparedTable {
  readonly title: string
  readonly nodes: number
  /** The first column is the system. */
  readonly head: readonly string[]
  readonly rows: readonly (readonly string[])[]
  /** Which columns hold figures. */
  readonly right: readonly boolean[]
}

/** Characters. */
const MAX_TITLE = 60

const PARTS = [
  { title: 'Books', figures: ['full', 'joined', 'noticed', 'ghost', 'healed'], hasRules: false },
  { title: 'Under strain, and rules broken', figures: ['false-drops', 'live-drops'], hasRules: true },
  { title: 'Costs of a node', figures: ['start', 'cpu', 'cpu-at-rest', 'memory', 'bytes-at-rest'], hasRules: false }
] as const satisfies readonly { title: string; figures: readonly ComparedName[]; hasRules: boolean }[]

/** By part, and then by number of nodes. Columns that nothing was measured of are left out. */
export function comparedTables(comparison: Comparison): ComparedTable[] {
  return PARTS.flatMap(({ title, figures, hasRules }) =>
    comparison.plan.nodes.map(nodes => {
      const rows = comparison.rows.filter(row => row.nodes === nodes)
      const told = figures.filter(name => rows.some(row => row.figures[name] !== undefined))
      return {
        title,
        nodes,
        head: ['system', ...told.map(name => COMPARED[name].label), ...(hasRules ? ['rules broken (runs)'] : [])],
        rows: rows.map(row => [
          titleOf(comparison, row.system),
          ...told.map(name => figureCell(name, row.figures[name], comparison.limitMs)),
          ...(hasRules ? [rulesCell(row)] : [])
        ]),
        right: [false, ...told.map(() => true), ...(hasRules ? [false] : [])]
      }
    })
  ).filter(({ head }) => head.length > 1)
}

/** Printable: it comes from the file of an adapter. */
export function titleOf({ plan: { systems } }: Comparison, name: string): string {
  return printable(systems.find(system => system.name === name)?.title ?? name, MAX_TITLE)
}

/** `3 s [2.8, 3.2]`: the bounds have a unit where it is another one than that of the median. */
export function figureCell(name: ComparedName, figure: RowFigure | undefined, limitMs: number): string {
  if (figure === undefined) return '-'
  const [median, low, high] = [figure.median, figure.low, figure.high].map(value => comparedText(name, value, limitMs))
  if (low === high) return median!
  const unit = unitOf(median!)
  const isShared = unit !== undefined && [low!, high!].every(text => unitOf(text) === unit)
  return `${median} [${[low!, high!].map(text => (isShared ? text.slice(0, -unit.length) : text)).join(', ')}]`
}

/** With the space before it; undefined of a number without one, and of words. */
function unitOf(text: string): string | undefined {
  return /^[\d.,]+( \S+)$/.exec(text)?.[1]
}

/** `complete 22 (6 of 14)` */
function rulesCell({ rules, measured }: ComparisonRow): string {
  if (measured === 0) return '-'
  if (rules.length === 0) return 'none'
  return rules.map(({ rule, runs }) => `${rule} ${RULES[rule as RuleId].number} (${runs} of ${measured})`).join(', ')
}
