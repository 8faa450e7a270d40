/** What the runs of a comparison come to: a row for each system and number of nodes, and where ours is not the best. */
import { RULE_IDS } from '../judge/rules.ts'
import { COMPARED, COMPARED_NAMES, type ComparedName, roundedFigure } from '../reports/words/figures/compared.ts'
import { medianInterval } from '../statistics/median.ts'
import { lastOfEach } from '../sweep/turns.ts'
import {
  type BegunComparison,
  type Comparison,
  type ComparisonPlan,
  type ComparisonRow,
  type Loss,
  OURS,
  type RowFigure
} from './document.ts'
import type { ComparedRun } from './measured.ts'
import { LIMIT_MS } from './names.ts'
import { keyOf } from './turns.ts'

/** From what was begun and measured to the whole of it. */
export function comparisonOf(
  begun: BegunComparison,
  runs: Comparison['runs'],
  { complete }: { complete: boolean }
): Comparison {
  const rows = comparedRows(begun.plan, runs)
  const units = Object.fromEntries(COMPARED_NAMES.map(name => [name, COMPARED[name].unit]))
  return { ...begun, complete, limitMs: LIMIT_MS, units, rows, losses: lossesOf(rows, OURS), runs }
}

/** By number of nodes, and then in the order of the systems. */
export function comparedRows({ systems, nodes }: ComparisonPlan, runs: readonly ComparedRun[]): ComparisonRow[] {
  const counted = lastOfEach(runs, keyOf)
  return nodes.flatMap(count => systems.map(({ name }) => rowOf(name, count, counted)))
}

/**
 * Where another system is better than ours, as a table shows both: what rounds alike is alike. The best one comes first.
 *
 * @param ours - the name of our row
 */
export function lossesOf(rows: readonly ComparisonRow[], ours: string): Loss[] {
  return rows
    .filter(({ system }) => system === ours)
    .flatMap(own =>
      COMPARED_NAMES.flatMap(figure => {
        const others = rows.filter(({ system, nodes }) => system !== ours && nodes === own.nodes)
        return others.flatMap(other => lossOf(figure, own, other) ?? []).sort((a, b) => a.theirs - b.theirs)
      })
    )
}

function rowOf(system: string, nodes: number, counted: readonly ComparedRun[]): ComparisonRow {
  const runs = counted.filter(run => run.system === system && run.nodes === nodes)
  const measured = runs.filter(({ outcome }) => outcome === 'measured')
  const others = runs.filter(({ outcome }) => outcome !== 'measured')
  const amountOf = (outcome: ComparedRun['outcome']) => runs.filter(run => run.outcome === outcome).length
  const figures = COMPARED_NAMES.flatMap(name => {
    const figure = figureOf(measured.flatMap(({ figures }) => figures[name] ?? []))
    return figure === undefined ? [] : [[name, figure] as const]
  })
  const broken = RULE_IDS.map(rule => ({ rule, runs: measured.filter(({ rules }) => rules.includes(rule)).length }))
  return {
    system,
    nodes,
    measured: measured.length,
    unmeasured: amountOf('unmeasured'),
    givenUp: amountOf('given-up'),
    figures: Object.fromEntries(figures),
    rules: broken.filter(each => each.runs > 0),
    reasons: [...new Set(others.map(({ scenario, reason }) => `${scenario}: ${reason}`))]
  }
}

function figureOf(values: readonly number[]): RowFigure | undefined {
  if (values.length === 0) return undefined
  const never = values.filter(value => !Number.isFinite(value)).length
  return { ...medianInterval(values), values: values.length, never }
}

function lossOf(figure: ComparedName, own: ComparisonRow, other: ComparisonRow): Loss | undefined {
  const [ours, theirs] = [own.figures[figure], other.figures[figure]]
  if (ours === undefined || theirs === undefined) return undefined
  if (roundedFigure(figure, theirs.median) >= roundedFigure(figure, ours.median)) return undefined
  const isSure = roundedFigure(figure, theirs.high) < roundedFigure(figure, ours.low)
  const { nodes } = own
  return { nodes, figure, system: other.system, ours: ours.median, theirs: theirs.median, isSure }
}
