/** The node at fault: what it did, when, and why the evidence points at it. */
import type { NodeName } from '../../contract.ts'
import type { CauseCode, Finding } from '../../judge/judgement.ts'
import type { RuleId } from '../../judge/rules.ts'
import { seconds } from '../../judge/wording.ts'
import { printable } from '../../printable.ts'
import type { Judged } from '../judged.ts'

export interface Culprit {
  /** Of the first finding. */
  readonly finding: Finding
  readonly node: NodeName
  /** When it did it, in ms since the start of the run; undefined for what was owed in the end and never came. */
  readonly atMs: number | undefined
  /** In one sentence, which begins with the node unless nothing shows that one is at fault. */
  readonly sentence: string
}

/** Undefined if nothing was found. */
export function culpritOf({ network, judgement }: Judged): Culprit | undefined {
  const [finding] = judgement.findings
  if (finding === undefined) return undefined
  const { node } = finding
  const endMs = network.ended?.atMs ?? network.nowMs
  const atMs = finding.atMs === endMs ? undefined : finding.atMs
  return { finding, node, atMs, sentence: sentenceOf(finding, atMs) }
}

/** Rules on the network as a whole: nodes broke none of them by themselves. */
const OF_THE_WHOLE: readonly RuleId[] = ['steps', 'converges', 'reconverges', 'stable', 'bytes']

/** What the message says as well as any phrase. */
const TOLD_BY_MESSAGE: readonly CauseCode[] = ['crashed', 'never-ready', 'ended-badly', 'not-dialable']

function sentenceOf({ rule, node, message, cause }: Finding, atMs: number | undefined): string {
  const { code, confidence } = cause
  if (OF_THE_WHOLE.includes(rule)) return wholeText(node, message, code)
  if (code === 'crashed' && confidence === 'cannot-tell') return message
  if (isToldByMessage(rule, code) && message.startsWith(node))
    return `${message}${timeUnless(message, atMs, ' (', ')')}`
  const { who, why } = partsOf(message, code)
  const name = printable(node, 64)
  const did = rule === 'news-only' ? 'brought back a node that was gone' : causePhrases[code]
  const subject = code === 'no-evidence' ? 'nothing shows which node is at fault' : `${name} ${did}`
  const when = timeUnless(message, atMs, ' ', '')
  return `${subject}${why}${when}: ${code === 'no-evidence' ? who : withoutName(who, node)}`
}

/** That a node did not answer says more than that it fell silent, which it did not if it went on writing. */
function isToldByMessage(rule: RuleId, code: CauseCode): boolean {
  return TOLD_BY_MESSAGE.includes(code) || (rule === 'answers-dump' && code === 'silent')
}

/** The moment, unless the message tells it. */
function timeUnless(message: string, atMs: number | undefined, before: string, after: string): string {
  return atMs === undefined || message.includes(seconds(atMs)) ? '' : `${before}at ${seconds(atMs)}${after}`
}

/** The message of a missing listing ends with its cause: `n1 does not list n3: never-announced (8 announcements, to nobody)`. */
function partsOf(message: string, code: CauseCode): { who: string; why: string } {
  const [who = message, ...rest] = message.split(`: ${code}`)
  // Of what nothing shows, the remedy stands in the findings.
  return { who, why: code === 'no-evidence' ? '' : rest.join('') }
}

/** `n3 lists n2` after `n3 lied: ` is `it lists n2`. */
function withoutName(text: string, node: NodeName): string {
  return text.startsWith(`${node} `) ? `it${text.slice(node.length)}` : text
}

function wholeText(node: NodeName, message: string, code: CauseCode): string {
  if (code === 'no-evidence') return message
  const name = printable(node, 64)
  return message.includes(name) ? message : `${message}; the evidence points at ${name}, which ${causePhrases[code]}`
}

/** Each cause as what a node did. */
export const causePhrases: Readonly<Record<CauseCode, string>> = {
  'never-started': 'was never started',
  'never-ready': 'never said ready',
  'not-dialable': 'cannot be dialled',
  'never-announced': 'never announced itself',
  silent: 'fell silent',
  hung: 'hung',
  starved: 'got no processor time',
  crashed: 'died',
  'ended-badly': 'ended badly',
  'cut-by-fault': 'is cut off by a fault',
  rejected: 'is refused, or refuses others',
  'dropped-alive': 'dropped live nodes',
  'kept-after-end': 'kept nodes that are gone',
  'stranger-introduced': 'was the first to list a stranger',
  lied: 'lied',
  'events-differ-from-book': 'told events that differ from its book',
  'observer-lost-it': 'lost what it had heard of',
  'line-refused': 'breaks the contract',
  'not-delivered': 'is not heard by others, or does not hear them',
  'harness-late': 'was seen too late',
  'runner-failed': 'was lost by its runner',
  'no-evidence': 'is missed, or misses others, and nothing shows why'
}
