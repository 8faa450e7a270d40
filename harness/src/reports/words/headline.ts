/** The outcome in one sentence: what a reader who reads nothing else should know. */
import type { Network } from '../../history/observed.ts'
import type { Judgement } from '../../judge/judgement.ts'
import { NOT_JUDGED } from '../../judge/rules/stable.ts'
import type { RuleId } from '../../judge/rules.ts'
import { amountText, count } from '../../judge/wording.ts'
import { printable } from '../../printable.ts'
import type { Judged } from '../judged.ts'
import { culpritOf } from './culprit.ts'
import { type Figure, figureOf, figuresOf } from './figures/figures.ts'
import { sharingClause } from './sharing.ts'
import { unhealedSplit } from './split.ts'

/** A sentence that is longer is cut: the whole of it stands among the findings. */
const MAX_LENGTH = 240

/**
 * Of a failure: the node at fault, what it did, when, and what shows it. Of an unknown run: what could not be told, of which
 * node or host, and what to do. Without the outcome itself; printable, at most `MAX_LENGTH` characters.
 */
export function headline(judged: Judged): string {
  const { outcome, findings } = judged.judgement
  if (outcome === 'pass') return passText(judged)
  if (outcome === 'unknown') return printable(withMore(doubtsOf(judged.judgement)), MAX_LENGTH)
  const split = unhealedSplit(judged)
  // The listings that are missing across a split are the split.
  const others = findings.slice(1).filter(({ rule }) => split === undefined || !OF_A_SPLIT.includes(rule)).length
  const more = others > 0 ? ` (and ${count(others, 'more finding')})` : ''
  const text = split ?? culpritOf(judged)?.sentence ?? 'a rule is broken'
  return `${printable(text, MAX_LENGTH - more.length)}${more}`
}

const OF_A_SPLIT: readonly RuleId[] = ['complete', 'reconverges', 'steps']

/** Why the outcome is what it is, in one line: what `headline` says, without what else was found. */
export function reasonOfOutcome(judged: Judged): string {
  const { outcome, findings } = judged.judgement
  if (outcome === 'fail') return findings[0]?.message ?? headline(judged)
  return outcome === 'unknown' ? (doubtsOf(judged.judgement)[0] ?? headline(judged)) : headline(judged)
}

/** What could not be told, the most telling first, without what could not be told because of it. */
export function doubtsOf({ checks }: Judgement): string[] {
  const doubts = checks.flatMap(({ unknown }) => unknown)
  // A run that was cut short leaves much untold: that it was is said first.
  const [cut, others] = [checks.filter(({ rule }) => rule === 'stable').flatMap(({ unknown }) => unknown), doubts]
  const told = new Set([...cut, ...others])
  if (told.size > 1) told.delete(NOT_JUDGED)
  return [...told]
}

function withMore([first = 'nothing was seen', ...others]: readonly string[]): string {
  return others.length === 0 ? first : `${first} (and ${count(others.length, 'more doubt')})`
}

function passText(judged: Judged): string {
  const { network, judgement } = judged
  const figures = figuresOf(judged)
  const clause = sharingClause(network)
  const sharing = clause === '' ? '' : `${clause},`
  const nodes = `${count(network.counts?.live ?? network.live.size, 'node')}${sharing}`
  if (judgement.faults.length === 0) {
    const started = network.plannedSteps.size === 0 ? nodes : `${count(startedAtFirst(network), 'node')}${sharing}`
    const text = `${started} found each other in ${figureOf(figures, 'full')?.text ?? 'no time that is known'}`
    return [text, ...doneText(network, figureOf(figures, 'changed'))].join('; ')
  }
  const faults = count(new Set(judgement.faults.map(({ id }) => id)).size, 'fault')
  const whole = figures.findLast(({ name }) => name === 'whole')
  if (whole?.value !== undefined) {
    return `${nodes} held through ${faults}, and all books were right ${whole.text} after the last one was healed`
  }
  const noticed = figures.findLast(({ name }) => name === 'noticed')
  if (noticed?.value === undefined) return `${nodes} held through ${faults}`
  return `${nodes} held through ${faults}, and what was gone was in no book after ${noticed.text}`
}

function startedAtFirst({ started, nodes }: Network): number {
  return started?.plan?.nodes.filter(({ startsAtOnce }) => startsAtOnce).length ?? nodes.size
}

/** What the steps of the scenario did without breaking anything, and how soon all books showed it. */
function doneText({ plannedSteps }: Network, changed: Figure | undefined): string[] {
  const actions = [...plannedSteps.values()].map(({ action }) => action)
  const amountOf = (type: 'join' | 'leave') => {
    return new Set(actions.flatMap(action => (action.type === type ? action.nodes : []))).size
  }
  const [joined, left] = [amountOf('join'), amountOf('leave')]
  const texts = [
    ...(joined > 0 ? [`${amountText(joined)} joined`] : []),
    ...(left > 0 ? [`${amountText(left)} left`] : [])
  ]
  if (texts.length === 0 || changed === undefined) return []
  return [`${texts.join(' and ')}, and every book was right after ${changed.text}`]
}
