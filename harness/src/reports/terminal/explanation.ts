/** The story of a run, of one node, or of one pair of nodes, for a terminal. */
import type { NodeName } from '../../contract.ts'
import type { Finding } from '../../judge/judgement.ts'
import { count, seconds } from '../../judge/wording.ts'
import { printable } from '../../printable.ts'
import type { Judged } from '../judged.ts'
import { causeText, ruleText } from '../words/findings.ts'
import { doubtsOf, headline } from '../words/headline.ts'
import type { LogLines } from '../words/log-lines.ts'
import { chaptersOf } from '../words/story/chapters.ts'
import { evidenceOf, MAX_LINES, type Story, type StoryLine, storyOfNode, storyOfPair } from '../words/story/stories.ts'
import { badge, renderEnding } from './ending.ts'
import type { Layout } from './layout.ts'

const MAX_FINDINGS = 10

/** What happened in the run, what was found, and what shows it. Ends with a newline. */
export function renderRunStory(judged: Judged, layout: Layout, folder: string): string {
  const { judgement } = judged
  const chapters = chaptersOf(judged).map(({ text }) => `  ${layout.wrap(text, 4)}`)
  const left = judgement.findings.length - MAX_FINDINGS
  return joinSections([
    titled(judged, layout),
    [layout.title('What happened'), ...chapters.slice(0, MAX_LINES)],
    ...judgement.findings.slice(0, MAX_FINDINGS).map(finding => findingLines(judged, finding, layout)),
    left > 0 ? [`and ${count(left, 'more finding')}, in the report`] : [],
    judgement.outcome === 'unknown' ? doubtLines(judged, layout) : [],
    renderEnding(judged, layout, { folder })
  ])
}

/** What happened to the node, and what its log says beside it. Ends with a newline. */
export function renderNodeStory(judged: Judged, node: NodeName, layout: Layout, log: LogLines | undefined): string {
  return joinSections([
    titled(judged, layout),
    storyLines(`The story of ${printable(node, 64)}`, storyOfNode(judged, node), layout),
    log === undefined || log.lines.length === 0 ? [] : logLines(log, layout)
  ])
}

/** What one node saw of another. Ends with a newline. */
export function renderPairStory(judged: Judged, pair: readonly [NodeName, NodeName], layout: Layout): string {
  const [observer, subject] = pair
  const title = `What ${printable(observer, 64)} saw of ${printable(subject, 64)}`
  return joinSections([titled(judged, layout), storyLines(title, storyOfPair(judged, observer, subject), layout)])
}

function joinSections(sections: readonly string[][]): string {
  const filled = sections.filter(lines => lines.length > 0)
  return `${filled.map(lines => lines.join('\n')).join('\n\n')}\n`
}

function titled(judged: Judged, layout: Layout): string[] {
  const { outcome } = judged.judgement
  return [`${badge(outcome, layout)}  ${layout.wrap(headline(judged), outcome.length + 2)}`]
}

function findingLines(judged: Judged, finding: Finding, layout: Layout): string[] {
  const { rule, message, consequences, moreConsequences = 0 } = finding
  const more = consequences.length + moreConsequences
  return [
    layout.title(printable(`${ruleText(rule)}: ${message}`, 2_500)),
    `  ${layout.wrap(printable(causeText(finding), 2_500), 4)}`,
    ...evidenceOf(judged, finding).map(line => storyLine(line, layout)),
    ...(more === 0 ? [] : [`  ${count(more, 'more thing follows', 'more things follow')} from it`])
  ]
}

function doubtLines({ judgement }: Judged, layout: Layout): string[] {
  const doubts = doubtsOf(judgement).slice(0, MAX_FINDINGS)
  return [layout.title('What could not be told'), ...doubts.map(text => `  ${layout.wrap(printable(text, 2_500), 4)}`)]
}

function storyLines(title: string, { lines, left, end }: Story, layout: Layout): string[] {
  const texts = lines.map(line => storyLine(line, layout))
  const middle = left === 0 ? [] : [`  ... ${count(left, 'event')} left out ...`]
  const half = left === 0 ? texts.length : MAX_LINES / 2
  return [layout.title(title), ...texts.slice(0, half), ...middle, ...texts.slice(half), layout.wrap(end, 0)]
}

const TIME_WIDTH = 10
const LINE_WIDTH = 13

/** `    1.49 s  line 41     n3 died with exit code 9` */
function storyLine({ atMs, line, text }: StoryLine, layout: Layout): string {
  const lead = `${seconds(atMs).padStart(TIME_WIDTH)}  ${`line ${line}`.padEnd(LINE_WIDTH)}`
  return `${layout.paint('dim', lead)}${layout.wrap(text, lead.length)}`
}

function logLines({ lines, which }: LogLines, layout: Layout): string[] {
  const title = which === 'beside' ? 'What its log says at that time' : 'The last lines of its log'
  return [layout.title(title), ...lines.map(line => `  ${layout.paint('dim', '│')} ${layout.wrap(line, 4)}`)]
}
