/** What follows from what: a finding that another one explains is listed under it. */
import type { NodeName } from '../contract.ts'
import type { Finding } from './judgement.ts'
import { RULES, type RuleId } from './rules.ts'
import type { Found } from './ruling.ts'

/** Of the network as a whole: they follow from whatever else is wrong. */
const OVERALL: readonly RuleId[] = ['stable', 'steps', 'converges', 'reconverges']

/** What a book that is wrong brings with it. */
const WRONG_BOOK: readonly RuleId[] = ['complete', 'equal', 'hash', 'ghosts', 'notices', 'farewell', 'book-as-told']

const LOST_NODE: readonly RuleId[] = [
  'complete',
  'no-drops',
  'false-drops',
  'changes-of-mind',
  'news-only',
  'ghosts',
  'notices',
  'strangers'
]

/** What may follow from the breach of a rule, for the same node or about it. */
const FOLLOWS: Partial<Record<RuleId, readonly RuleId[]>> = {
  lines: [
    ...WRONG_BOOK,
    'joined-once',
    'updated-listed',
    'gone-listed',
    'answers-dump',
    'ready-in-time',
    'strangers',
    'alive'
  ],
  'ready-in-time': [...LOST_NODE, 'answers-dump'],
  'ready-name': ['equal', 'hash'],
  'ready-addrs': ['equal', 'hash', 'dialable', ...LOST_NODE],
  dialable: [...LOST_NODE, 'equal'],
  'epoch-is-start': ['equal', 'hash', 'never-back', 'epoch-grows', 'seq-said'],
  'ready-again': ['equal', 'hash', ...LOST_NODE],
  'own-peer-id': [
    'not-itself',
    'equal',
    'hash',
    'never-back',
    'epoch-grows',
    'book-as-told',
    'joined-once',
    ...LOST_NODE
  ],
  'same-key': ['ghosts', 'epoch-grows', ...LOST_NODE],
  'epoch-grows': ['equal', 'hash', 'never-back', ...LOST_NODE],
  'announced-grows': ['never-back', 'seq-said', ...LOST_NODE],
  'not-itself': ['book-as-told', 'hash'],
  'joined-once': ['book-as-told', 'hash'],
  'updated-listed': [...WRONG_BOOK, 'gone-listed', 'news-only', 'joined-once'],
  'gone-listed': [...WRONG_BOOK, 'joined-once', 'updated-listed'],
  'never-back': ['equal', 'hash', 'seq-said', ...LOST_NODE],
  'news-only': ['never-back', 'seq-said', ...LOST_NODE],
  'seq-said': ['never-back', 'equal', ...LOST_NODE],
  'answers-dump': [...LOST_NODE, 'equal', 'ends-in-time', 'ends-on-sigterm', 'exit-code', 'book-as-told'],
  'book-as-told': [...WRONG_BOOK, 'strangers'],
  complete: ['hash', 'notices'],
  strangers: ['hash', 'ghosts', 'book-as-told'],
  ghosts: ['notices', 'hash', 'farewell'],
  'no-drops': [
    'complete',
    'hash',
    'equal',
    'news-only',
    'false-drops',
    'changes-of-mind',
    'strangers',
    'answers-dump',
    'ends-in-time',
    'ends-on-sigterm'
  ],
  'false-drops': ['changes-of-mind'],
  equal: ['hash'],
  alive: [...LOST_NODE, 'answers-dump', 'leaves-nothing', 'dialable'],
  'exit-code': ['leaves-nothing', 'farewell'],
  'ends-on-sigterm': ['ends-in-time', 'exit-code', 'leaves-nothing'],
  'ends-in-time': ['exit-code', 'leaves-nothing'],
  farewell: ['ghosts', 'hash']
}

/** Where two could each follow from the other, the one that comes first here is the cause. */
const CAUSE_FIRST: readonly RuleId[] = [
  'alive',
  'lines',
  'ready-in-time',
  'own-peer-id',
  'ready-name',
  'ready-addrs',
  'epoch-is-start',
  'dialable',
  'no-drops',
  'answers-dump'
]

/** Consequences that are kept; they are counted beyond. */
const MAX_CONSEQUENCES = 100

/** The causes in order, each with all that follows from it. */
export function withConsequences(all: readonly Found[]): Finding[] {
  const ordered = all.toSorted((a, b) => rank(a) - rank(b) || a.atMs - b.atMs || number(a) - number(b))
  const roots: { found: Found; under: Found[] }[] = []
  for (const found of ordered) {
    const root = roots.find(({ found: cause }) => follows(found, cause)) ?? (isOverall(found) ? roots[0] : undefined)
    if (root === undefined) roots.push({ found, under: [] })
    else root.under.push(found)
  }
  return roots.map(({ found, under }) => findingOf(found, under))
}

function rank({ rule }: Found): number {
  // What nodes received is neither the cause of anything else nor its consequence.
  if (rule === 'bytes') return 4
  if (OVERALL.includes(rule)) return 3
  if (CAUSE_FIRST.includes(rule)) return 0
  return EVENTUAL_LAST.includes(rule) ? 2 : 1
}

/** They show in the end what something else may have caused before, and of two the first may have caused the other. */
const EVENTUAL_LAST: readonly RuleId[] = [
  'complete',
  'equal',
  'hash',
  'notices',
  'false-drops',
  'changes-of-mind',
  'leaves-nothing'
]

/** The place of a rule among those of its rank. */
function number({ rule }: Found): number {
  const order = [CAUSE_FIRST, EVENTUAL_LAST].find(rules => rules.includes(rule))
  return order?.indexOf(rule) ?? RULES[rule].number
}

function isOverall({ rule }: Found): boolean {
  return OVERALL.includes(rule)
}

function follows(found: Found, cause: Found): boolean {
  if (!FOLLOWS[cause.rule]?.includes(found.rule)) return false
  const names = concerned(found)
  // What ended with a process that nodes shared is missed as much as the node that ended it.
  return [cause, ...(cause.rule === 'alive' ? (cause.parts ?? []) : [])].some(({ node }) => names.has(node))
}

function concerned(found: Found): Set<NodeName> {
  const all = [found, ...(found.parts ?? [])]
  return new Set(all.flatMap(({ node, subject }) => (subject === undefined ? [node] : [node, subject])))
}

function findingOf(found: Found, under: readonly Found[]): Finding {
  const { parts = [], excusable: _, ...finding } = found
  const flat = [...parts, ...under.flatMap(each => [each, ...(each.parts ?? [])])]
  const kept = flat.slice(0, MAX_CONSEQUENCES).map(each => findingOf({ ...each, parts: [] }, []))
  const more = flat.length - kept.length
  return { ...finding, consequences: kept, ...(more > 0 && { moreConsequences: more }) }
}
