/** The difference of two runs as text: for a terminal, or a log. */
import { printable } from '../../printable.ts'
import { alignedTable } from '../../sweep/shown/aligned-table.ts'
import { ruleText } from '../words/findings.ts'
import type { Difference, FigureDifference, FoundOnce } from './difference.ts'

/** Characters of a message or a value. */
const MAX_SHOWN = 300

/** Findings of one kind that are listed. */
const MAX_FINDINGS = 10

/** Ends with a newline. */
export function differenceText({ outcome, isWorse, figures, checks, findings, plan }: Difference): string {
  const { before, after } = outcome
  const result = before === after ? `both runs: ${before}` : `${before} before, ${after} after`
  const sections = [
    [`${result}${isWorse ? '; the second run is worse' : ''}`],
    figures.length === 0 ? [] : [figureTable(figures)],
    checks.map(({ rule, before, after }) => `check ${ruleText(rule)}: ${before} -> ${after}`),
    findingLines('came', findings.came),
    findingLines('went', findings.went),
    plan.length === 0
      ? ['the plans are equal']
      : plan.map(({ place, before, after }) => {
          return `plan: ${printable(place, MAX_SHOWN)}: ${valueText(before)} -> ${valueText(after)}`
        })
  ]
  const texts = sections.filter(lines => lines.length > 0).map(lines => lines.join('\n'))
  return `${texts.join('\n\n')}\n`
}

function figureTable(figures: readonly FigureDifference[]): string {
  const rows = figures.map(({ label, texts, ratio }) => [
    printable(label, MAX_SHOWN),
    texts.before,
    texts.after,
    ratio === null ? '' : `${ratio.toFixed(2)} x`
  ])
  return alignedTable([['figure', 'before', 'after', 'ratio'], ...rows], [false, true, true, true])
}

function findingLines(what: 'came' | 'went', found: readonly FoundOnce[]): string[] {
  const lines = found.slice(0, MAX_FINDINGS).map(({ rule, message }) => {
    return `${what}: ${ruleText(rule)}: ${printable(message, MAX_SHOWN)}`
  })
  return found.length > MAX_FINDINGS ? [...lines, `${what}: and ${found.length - MAX_FINDINGS} more`] : lines
}

function valueText(json: string | null): string {
  return json === null ? 'nothing' : printable(json, MAX_SHOWN)
}
