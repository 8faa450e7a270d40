/** What is said beside the table of a comparison, the same in every report. */
import { count } from '../../judge/wording.ts'
import { printable } from '../../printable.ts'
import { COMPARED, COMPARED_NAMES, comparedText } from '../../reports/words/figures/compared.ts'
import { WANTED_CONFIDENCE } from '../../statistics/median.ts'
import { hostText } from '../../sweep/host.ts'
import { type Comparison, type Loss, OURS } from '../document.ts'
import { COMPARED_SCENARIOS } from '../names.ts'
import { LEAST_REPEATED, type Repeatability } from '../repeatability.ts'
import { titleOf } from './tables.ts'

/** Characters of a reason, and of what an adapter says of itself. */
const MAX_REASON = 200
const MAX_LINE = 500

/** What was measured on what, and how often. */
export function aboutText({ plan, host, startedAt, version }: Comparison): string {
  const sizes = plan.nodes.join(' and ')
  const when = startedAt.slice(0, 16).replace('T', ' ')
  return `${count(plan.systems.length, 'system')} at ${sizes} nodes, ${count(plan.repeat, 'run')} of each, runner ${plan.runner}, seed ${plan.seed}; ${hostText(host)}; testbed ${version}; begun ${when} UTC`
}

/** How systems were run and what the figures mean, each in a sentence. */
export function methodLines(comparison: Comparison): string[] {
  const { plan, limitMs, complete } = comparison
  const scenarios = plan.scenarios.map(({ name }) => {
    const { about, sizes } = COMPARED_SCENARIOS[name]
    const few = sizes === 'fewest' && plan.nodes.length > 1 ? ` (with ${plan.nodes[0]} nodes only)` : ''
    return `${name}: ${about}${few}`
  })
  return [
    ...(complete ? [] : ['It is not complete: it was stopped, and can go on.']),
    'All systems run under the same contract, harness, scenarios and judge, on the same host, in turns: each round runs every system once, in an order by chance.',
    `Scenarios: ${scenarios.join('; ')}.`,
    `${confidenceText(comparison)} Less is better for all figures.`,
    `What has not come within ${limitMs / 1_000} s is a result: it counts as greater than all others. What a system missed in two runs is not waited for in its later ones.`
  ]
}

function confidenceText({ rows }: Comparison): string {
  const confidences = rows.flatMap(({ figures }) => Object.values(figures).map(({ confidence }) => confidence))
  if (confidences.every(confidence => confidence === 0))
    return 'Cells hold single values: how much they vary, only several runs tell (--repeat).'
  const isSure = confidences.every(confidence => confidence >= WANTED_CONFIDENCE)
  const few = isSure ? '' : '; cells of fewer than six runs promise less (93.7 % for five, 50 % for two)'
  return `Cells hold the median, and in brackets between which values the true median lies: exact, from the order statistics, with at least ${100 * WANTED_CONFIDENCE} %${few}.`
}

/** Each figure in a line. */
export function figureLines({ rows }: Comparison): string[] {
  return COMPARED_NAMES.filter(name => rows.some(({ figures }) => figures[name] !== undefined)).map(
    name => `${COMPARED[name].label}: ${COMPARED[name].about}`
  )
}

/** Where ours is not the best, each figure in a line; what there is to say if that is nowhere. */
export function lossLines(comparison: Comparison): string[] {
  const { losses, limitMs, plan } = comparison
  if (plan.systems.length < 2 || !plan.systems.some(({ name }) => name === OURS))
    return ['Ours was not measured beside another system.']
  if (losses.length === 0) return ['Ours is the best, or as good as the best, in every figure.']
  const groups = Map.groupBy(losses, ({ nodes, figure }) => `${nodes} ${figure}`)
  return [...groups.values()].map(group => {
    const { nodes, figure, ours } = group[0]!
    const better = group.map(loss => betterText(comparison, loss))
    return `${COMPARED[figure].label} with ${nodes} nodes: ours ${comparedText(figure, ours, limitMs)}; better: ${better.join(', ')}`
  })
}

function betterText(comparison: Comparison, { system, figure, theirs, isSure }: Loss): string {
  const value = comparedText(figure, theirs, comparison.limitMs)
  return `${titleOf(comparison, system)} ${value}${isSure ? '' : ' (the intervals overlap)'}`
}

/** Systems that are not in the table or lack runs, each with the reason. */
export function absentLines(comparison: Comparison): string[] {
  const { plan, rows } = comparison
  const absent = plan.absent.map(({ title, reason }) => printable(`${title}: not measured, ${reason}`, MAX_REASON))
  const unmade = rows.flatMap(({ system, nodes, unmeasured, givenUp, reasons }) => {
    if (unmeasured + givenUp === 0) return []
    const runs = [
      ...(unmeasured > 0 ? [`${unmeasured} could not be measured`] : []),
      ...(givenUp > 0 ? [`${givenUp} were not made`] : [])
    ]
    const why = reasons.map(reason => printable(reason, MAX_REASON)).join('; ')
    return [`${titleOf(comparison, system)} with ${nodes} nodes: of its runs ${runs.join(' and ')} (${why})`]
  })
  return [...absent, ...unmade]
}

/** What was chosen for each system, one thing a line. */
export function settingLines(comparison: Comparison): { title: string; version: string; lines: string[] }[] {
  return comparison.plan.systems.map(({ name, version, about, settings, limits }) => {
    const lines = [about, ...settings.map(text => `settings: ${text}`), ...limits.map(text => `limits: ${text}`)]
    return {
      title: titleOf(comparison, name),
      version: printable(version, MAX_REASON),
      lines: lines.map(line => printable(line, MAX_LINE))
    }
  })
}

/** What two comparisons have in common. Ends with a newline. */
export function repeatabilityText(
  first: Comparison,
  { compared, outside, share, isRepeated, missing }: Repeatability
): string {
  const lines = outside.map(({ system, nodes, figure, low, high, median }) => {
    const [value, from, to] = [median, low, high].map(each => comparedText(figure, each, first.limitMs))
    return `outside: ${titleOf(first, system)} with ${nodes} nodes: ${COMPARED[figure].label} ${value}, not in [${from}, ${to}]`
  })
  const inside = `${compared - outside.length} of ${count(compared, 'median')} of the second comparison lie in the intervals of the first: ${Math.floor(1_000 * share) / 10} %`
  const asked = `${isRepeated ? 'at least' : 'less than'} ${100 * LEAST_REPEATED} %`
  const lacking =
    missing === 0
      ? []
      : [`${count(missing, 'cell')} of one of the two, which the other one has not, could not be compared`]
  return [...lines, ...lacking, `${inside}, ${asked}`, ''].join('\n')
}
