/** The last lines of a run: what to type, the verdict once more with its evidence, and what to open. */
import type { Judgement, Outcome } from '../../judge/judgement.ts'
import { seconds } from '../../judge/wording.ts'
import { printable } from '../../printable.ts'
import type { Judged } from '../judged.ts'
import { culpritOf } from '../words/culprit.ts'
import { headline } from '../words/headline.ts'
import { type NextStep, nextStepsOf } from '../words/next-steps.ts'
import { evidenceOf } from '../words/story/stories.ts'
import { LABEL_WIDTH, type Layout } from './layout.ts'

export interface Ending {
  /** The folder of the run, as it is to be shown. */
  readonly folder: string
  /** A simulation that failed was made smaller: the command of the smallest that fails. */
  readonly smallest?: string | undefined
}

/** The verdict is told in so many lines at most, so that the last ten lines of the output hold all of the end. */
const MAX_VERDICT_LINES = 2
const MAX_EVIDENCE = 3

/** Commands first, since they may be long; then verdict, evidence and what to open. */
export function renderEnding(judged: Judged, layout: Layout, { folder, smallest }: Ending): string[] {
  const steps = nextStepsOf(judged, folder, smallest)
  const [commands, files] = [steps.filter(isTyped), steps.filter(step => !isTyped(step))]
  return [
    ...commands.map(({ kind, text }) => layout.field(kind, text)),
    ...verdictLines(judged, layout),
    ...evidenceLines(judged, layout),
    ...files.map(({ kind, text }) => layout.field(kind, text))
  ]
}

function isTyped({ kind }: NextStep): boolean {
  return kind === 'repeat' || kind === 'smaller'
}

export function badge(outcome: Outcome, layout: Layout): string {
  const colours = { pass: 'green', fail: 'red', unknown: 'yellow' } as const
  return layout.paint(['bold', colours[outcome]], outcome.toUpperCase())
}

function verdictLines(judged: Judged, layout: Layout): string[] {
  const { outcome } = judged.judgement
  const indent = outcome.length + 2
  const lines = layout.wrap(headline(judged), indent).split('\n')
  const shown = lines.slice(0, MAX_VERDICT_LINES)
  if (lines.length > shown.length) shown.push(`${cut(shown.pop()!, layout.width - indent - 1).replace(/…$/, '')}…`)
  return `${badge(outcome, layout)}  ${shown.join('\n')}`.split('\n')
}

/** A line of the history each: the first ones, and the last where there are more. */
function evidenceLines(judged: Judged, layout: Layout): string[] {
  const culprit = culpritOf(judged)
  if (culprit === undefined) return []
  const { cause } = culprit.finding
  const all = evidenceOf(judged, culprit.finding)
  const shown = all.length <= MAX_EVIDENCE ? all : [...all.slice(0, MAX_EVIDENCE - 1), all.at(-1)!]
  if (shown.length === 0) return [layout.field('evidence', `${cause.code}: no line of the history shows more`)]
  return shown.map(({ line, atMs, text }, i) => {
    const lead = i === 0 ? `${cause.code}, ${SHOWN_BY[cause.confidence]}` : 'and'
    const label = layout.paint('dim', (i === 0 ? 'evidence' : '').padEnd(LABEL_WIDTH))
    const told = printable(`${lead} line ${line} at ${seconds(atMs)}: ${text}`, 500)
    return `${label}${cut(told, layout.width - LABEL_WIDTH)}`
  })
}

const SHOWN_BY: Readonly<Record<Judgement['findings'][number]['cause']['confidence'], string>> = {
  shown: 'shown by',
  likely: 'likely by',
  'cannot-tell': 'seen in'
}

function cut(text: string, columns: number): string {
  const characters = [...text]
  return characters.length <= columns ? text : `${characters.slice(0, columns - 1).join('')}…`
}
