/** The outcome as Markdown, for the summary of a job. A reader sees the culprit first, then what shows it, then figures. */
import type { Finding } from '../../judge/judgement.ts'
import { count, nameList, seconds } from '../../judge/wording.ts'
import { printable } from '../../printable.ts'
import type { Judged } from '../judged.ts'
import { groupTexts } from '../words/book-groups.ts'
import { figuresOf } from '../words/figures/figures.ts'
import { causeText, groupStatuses, ruleText } from '../words/findings.ts'
import { doubtsOf, headline } from '../words/headline.ts'
import { nextStepsOf } from '../words/next-steps.ts'
import { sharingText } from '../words/sharing.ts'
import { chaptersOf } from '../words/story/chapters.ts'
import { evidenceOf } from '../words/story/stories.ts'
import { code, escaped } from './escaping.ts'

const MAX_FINDINGS = 5
const MAX_CONSEQUENCES = 3
const MAX_EVIDENCE = 3
const MAX_DOUBTS = 10
const MAX_CHAPTERS = 30
const MAX_GROUPS = 8
const MAX_FIGURES = 60
const MAX_TEXT = 500

const SIGNS = { pass: '✅', fail: '❌', unknown: '❔' } as const

/**
 * GitHub takes 1 MiB for all steps of a job: this stays far below it.
 *
 * @param folder - of the run, as it is to be shown
 */
export function renderMarkdown(judged: Judged, folder: string): string {
  const { network, judgement } = judged
  const { outcome } = judgement
  const sections = [
    [`## ${SIGNS[outcome]} ${outcome.toUpperCase()}: ${text(headline(judged))}`],
    [facts(judged)],
    findings(judged),
    outcome === 'unknown' ? doubts(judged) : [],
    outcome === 'pass' ? [] : nextSteps(judged, folder),
    story(judged),
    outcome === 'pass' || network.started?.digest !== undefined ? [] : groups(judged),
    figures(judged)
  ]
  return `${sections
    .filter(lines => lines.length > 0)
    .map(lines => lines.join('\n'))
    .join('\n\n')}\n`
}

/** What ran, and what became of the groups of rules, in one paragraph. */
function facts({ network, judgement }: Judged): string {
  const { started, nodes } = network
  const runner = started?.runner === undefined ? '' : `, runner ${started.runner}`
  const ran = `Scenario ${code(started?.scenario ?? 'unknown', MAX_TEXT)}, ${count(nodes.size, 'node')}${runner}.`
  const statuses = groupStatuses(judgement.checks)
  const sentences = (['fail', 'unknown', 'pass'] as const).flatMap(wanted => {
    const found = statuses.filter(({ status }) => status === wanted).map(({ group }) => group)
    return found.length === 0 ? [] : `${STATUS_WORDS[wanted]}: ${found.join(', ')}.`
  })
  const shared = sharingText(network)
  return [ran, ...(shared === undefined ? [] : [`Note: ${shared}.`]), ...sentences].join(' ')
}

const STATUS_WORDS = { fail: 'Broken', unknown: 'Not judged', pass: 'Held' } as const

function findings(judged: Judged): string[] {
  const all = judged.judgement.findings
  if (all.length === 0) return []
  const more = all.length - MAX_FINDINGS
  return [
    '### What was found',
    '',
    ...all.slice(0, MAX_FINDINGS).flatMap(finding => findingLines(judged, finding)),
    ...(more > 0 ? [`- and ${count(more, 'more finding')}`] : [])
  ]
}

function findingLines(judged: Judged, finding: Finding): string[] {
  const { rule, message, consequences, moreConsequences = 0 } = finding
  const shown = consequences.filter(each => each.rule !== 'complete').slice(0, MAX_CONSEQUENCES)
  const more = consequences.length + moreConsequences - shown.length
  return [
    `- **${text(ruleText(rule))}**: ${text(message)}`,
    `  - cause: ${text(causeText(finding))}`,
    ...evidenceOf(judged, finding)
      .slice(0, MAX_EVIDENCE)
      .map(({ atMs, line, text: words }) => `  - line ${line}, ${seconds(atMs)}: ${text(words)}`),
    ...shown.map(each => `  - then ${text(ruleText(each.rule))}: ${text(each.message)}`),
    ...(more > 0 ? [`  - and ${count(more, 'more consequence')}`] : [])
  ]
}

function doubts({ judgement }: Judged): string[] {
  const all = doubtsOf(judgement)
  const more = all.length - MAX_DOUBTS
  return [
    '### What could not be told',
    '',
    ...all.slice(0, MAX_DOUBTS).map(doubt => `- ${text(doubt)}`),
    ...(more > 0 ? [`- and ${count(more, 'more doubt')}`] : [])
  ]
}

const STEP_WORDS = {
  report: 'the report',
  log: 'the log of the node',
  explain: 'its story',
  repeat: 'to repeat the run',
  smaller: 'the same with fewer nodes'
} as const

function nextSteps(judged: Judged, folder: string): string[] {
  const steps = nextStepsOf(judged, folder).map(step => `- ${STEP_WORDS[step.kind]}: ${code(step.text, 4_000)}`)
  return ['### What to look at next', '', ...steps]
}

function story(judged: Judged): string[] {
  const chapters = chaptersOf(judged)
  const more = chapters.length - MAX_CHAPTERS
  const lines = chapters.slice(0, MAX_CHAPTERS).map(({ state, text: told }) => {
    return `1. ${state === 'late' ? `${SIGNS.fail} ` : ''}${text(told)}`
  })
  return ['### The run', '', ...lines, ...(more > 0 ? [`1. and ${count(more, 'more event')}`] : [])]
}

/** A split network shows at a glance. */
function groups({ network }: Judged): string[] {
  const all = groupTexts(network)
  if (all.length < 2) return []
  const lines = all.slice(0, MAX_GROUPS).map(({ nodes, lists }) => {
    return `- ${text(nameList(nodes))} (${count(nodes.length, 'node')}): ${text(lists)}`
  })
  const more = all.length - MAX_GROUPS
  return [
    '### Nodes whose books list the same nodes',
    '',
    ...lines,
    ...(more > 0 ? [`- and ${count(more, 'smaller group')}`] : [])
  ]
}

function figures(judged: Judged): string[] {
  const rows = figuresOf(judged)
    .slice(0, MAX_FIGURES)
    .map(({ label, text: value, boundText = '' }) => `| ${text(label)} | ${text(value)} | ${text(boundText)} |`)
  const head = ['| figure | value | at most |', '|---|--:|--:|']
  return ['<details><summary>Figures</summary>', '', ...head, ...rows, '', '</details>']
}

function text(words: string): string {
  return escaped(printable(words, MAX_TEXT))
}
