/** From the history of a run to what it shows: every rule is asked, excuses are heard, and what follows from what is found. */
import type { History } from '../history/history.ts'
import { networkOf } from '../history/network.ts'
import type { Network } from '../history/observed.ts'
import { withWitnessed } from './causes/witnessed.ts'
import { withConsequences } from './consequences.ts'
import { excuseFor, excusesOf } from './excuses.ts'
import {
  type Check,
  type Excuse,
  type Finding,
  JUDGEMENT_VERSION,
  type Judgement,
  type Outcome,
  type Phase
} from './judgement.ts'
import { judgedFaults, phasesOf } from './phases.ts'
import { farewell, ghosts, noDrops, strangers } from './rules/accurate.ts'
import { bookAsTold, regressions } from './rules/books.ts'
import { complete } from './rules/complete.ts'
import { contradictions, dialable, lines, sameKey } from './rules/contract.ts'
import { endsInTime, endsOnSigterm, exitCode, leavesNothing } from './rules/end.ts'
import { equal, seqSaid } from './rules/equal.ts'
import { hash } from './rules/hash.ts'
import { bytes, changesOfMind, converges, falseDrops, faultsBite, notices, reconverges, steps } from './rules/plan.ts'
import { alive, answersDump, readyInTime } from './rules/processes.ts'
import { stable } from './rules/stable.ts'
import { RULE_IDS, type RuleId } from './rules.ts'
import type { Found, Ruling } from './ruling.ts'
import { inOrder, nameList } from './wording.ts'

type Look = (network: Network) => Ruling

const LOOKS: Record<Exclude<RuleId, 'stable'>, Look> = {
  lines,
  'ready-in-time': readyInTime,
  'ready-name': contradictions('ready-name'),
  'ready-addrs': contradictions('ready-addrs'),
  dialable,
  'epoch-is-start': contradictions('epoch-is-start'),
  'ready-again': contradictions('ready-again'),
  'own-peer-id': contradictions('own-peer-id'),
  'same-key': sameKey,
  'epoch-grows': regressions('epoch-grows'),
  'announced-grows': contradictions('announced-grows'),
  'not-itself': contradictions('not-itself'),
  'joined-once': contradictions('joined-once'),
  'updated-listed': contradictions('updated-listed'),
  'gone-listed': contradictions('gone-listed'),
  'never-back': regressions('never-back'),
  'news-only': regressions('news-only'),
  'seq-said': seqSaid,
  'answers-dump': answersDump,
  'book-as-told': bookAsTold,
  hash,
  complete,
  strangers,
  ghosts,
  'no-drops': noDrops,
  equal,
  alive,
  'exit-code': exitCode,
  'ends-in-time': endsInTime,
  'ends-on-sigterm': endsOnSigterm,
  'leaves-nothing': leavesNothing,
  farewell,
  steps,
  converges,
  notices,
  reconverges,
  'false-drops': falseDrops,
  'faults-bite': faultsBite,
  bytes,
  'changes-of-mind': changesOfMind
}

/** What breaks them does so for good, whatever follows. */
const FOR_GOOD = [
  'lines',
  'ready-name',
  'ready-addrs',
  'dialable',
  'epoch-is-start',
  'ready-again',
  'own-peer-id',
  'same-key',
  'epoch-grows',
  'announced-grows',
  'not-itself',
  'joined-once',
  'updated-listed',
  'gone-listed',
  'never-back',
  'news-only',
  'book-as-told',
  'no-drops',
  'alive',
  'exit-code',
  'steps',
  'notices'
] as const satisfies (keyof typeof LOOKS)[]

/** Of a whole history, or of as much as there is; never throws. A breach outweighs what is unknown, and only what is known passes. */
export function judge(history: History): Judgement {
  return judgementOf(networkOf(history))
}

/** As `judge`, of a history that was folded already. */
export function judgementOf(network: Network): Judgement {
  const rulings = Object.entries(LOOKS).map(([rule, look]) => [
    rule,
    withWitnessed(network, rule as RuleId, look(network))
  ])
  const isSeen = [...network.nodes.values()].flat().some(run => run.ready !== undefined)
  return judgementFrom(network, Object.fromEntries(rulings), { isSeen, phases: phasesOf(network) })
}

export type Rulings = Readonly<Record<Exclude<RuleId, 'stable'>, Ruling>>

/**
 * From what each rule makes of a network to the Judgement: excuses are heard, and what follows from what is found.
 *
 * @param about.isSeen - some node was there: else nothing was broken, and nothing was shown either
 */
export function judgementFrom(
  network: Network,
  rulings: Rulings,
  { isSeen, phases }: { isSeen: boolean; phases: readonly Phase[] }
): Judgement {
  const excuses = excusesOf(network)
  const used = new Map<Excuse, Set<RuleId>>()
  const heard = new Map<RuleId, Heard>()
  const hear = (rule: RuleId, ruling: Ruling) => heard.set(rule, hearing(rule, ruling, excuses, used))
  for (const [rule, ruling] of Object.entries(rulings)) hear(rule as RuleId, ruling)
  const othersHold = [...heard.values()].every(({ check }) => check.status === 'pass' || check.status === 'not-tried')
  hear('stable', stable(network, othersHold))
  const checks = RULE_IDS.map(rule => heard.get(rule)!.check).map(check => (isSeen ? check : unseen(check)))
  return {
    v: JUDGEMENT_VERSION,
    outcome: outcomeOf(checks),
    checks,
    findings: withConsequences(RULE_IDS.flatMap(rule => heard.get(rule)!.found)),
    excuses: [...used].map(([excuse, rules]) => ({ ...excuse, rules: RULE_IDS.filter(rule => rules.has(rule)) })),
    faults: judgedFaults(network),
    phases,
    notJudged: RULE_IDS.flatMap(rule => notJudgedOf(heard.get(rule)!))
  }
}

/**
 * The run cannot pass any more, and nothing of the host excuses it: to go on would show nothing else. Cheap while nothing is
 * wrong, else O(what is wrong).
 */
export function isLost(network: Network): boolean {
  if (network.breachCount === 0 && network.plannedSteps.size === 0) return false
  const excuses = excusesOf(network)
  return FOR_GOOD.some(rule => lasting(network, rule, excuses).length > 0)
}

/** What makes a run lost, the causes first: of a run that goes on, no other finding is sure to stay one. O(what is wrong). */
export function lastingFindings(network: Network): Finding[] {
  if (network.breachCount === 0 && network.plannedSteps.size === 0) return []
  const excuses = excusesOf(network)
  return withConsequences(FOR_GOOD.flatMap(rule => lasting(network, rule, excuses)))
}

function lasting(network: Network, rule: (typeof FOR_GOOD)[number], excuses: readonly Excuse[]): Found[] {
  return LOOKS[rule](network).found.flatMap(found => unexcused(found, excuses))
}

interface Heard {
  readonly check: Check
  readonly found: readonly Found[]
  readonly notTried: string | undefined
}

function hearing(rule: RuleId, ruling: Ruling, excuses: readonly Excuse[], used: Map<Excuse, Set<RuleId>>): Heard {
  const found = ruling.found.flatMap(each => unexcused(each, excuses, excuse => note(used, excuse, rule)))
  const excused = ruling.found.filter(each => unexcused(each, excuses).length === 0)
  const unknown = [...ruling.unknown, ...excusedTexts(excused, excuses)]
  const status =
    found.length > 0 ? 'fail' : unknown.length > 0 ? 'unknown' : ruling.notTried !== undefined ? 'not-tried' : 'pass'
  return { check: { rule, status, unknown }, found, notTried: ruling.notTried }
}

function note(used: Map<Excuse, Set<RuleId>>, excuse: Excuse, rule: RuleId): void {
  const rules = used.get(excuse) ?? new Set()
  used.set(excuse, rules.add(rule))
}

/** Of a finding with parts only those that nothing excuses. */
function unexcused(found: Found, excuses: readonly Excuse[], onExcuse: (excuse: Excuse) => void = () => {}): Found[] {
  const { parts } = found
  if (parts === undefined) {
    const excuse = excuseFor(found, excuses)
    if (excuse === undefined) return [found]
    onExcuse(excuse)
    return []
  }
  if (excuses.length === 0) return [found]
  const left = parts.flatMap(part => unexcused(part, excuses, onExcuse))
  return left.length === 0 ? [] : [{ ...found, parts: left }]
}

/** Many nodes that were late at one moment are one thing to read. */
function excusedTexts(excused: readonly Found[], excuses: readonly Excuse[]): string[] {
  const reaches = (excuse: Excuse, found: Found) =>
    [found, ...(found.parts ?? [])].some(one => excuseFor(one, [excuse]) !== undefined)
  const groups = Map.groupBy(excused, found => excuses.find(excuse => reaches(excuse, found))?.why)
  return [...groups].map(([why, [first, ...others]]) => {
    const names = nameList(inOrder([...new Set(others.map(({ node }) => node))]))
    const more = others.length === 0 ? '' : `, and ${others.length} more like it (${names})`
    return `${first!.message}${more}, but ${why}: start fewer nodes, or use a host with less to do`
  })
}

function notJudgedOf({ check, notTried }: Heard): string[] {
  return notTried === undefined ? [...check.unknown] : [...check.unknown, `${check.rule}: ${notTried}`]
}

function outcomeOf(checks: readonly Check[]): Outcome {
  if (checks.some(({ status }) => status === 'fail')) return 'fail'
  return checks.every(({ status }) => status === 'pass' || status === 'not-tried') ? 'pass' : 'unknown'
}

function unseen(check: Check): Check {
  return check.status === 'pass' ? { ...check, status: 'unknown' } : check
}
