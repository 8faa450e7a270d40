/** The Judgement of a network that is too large to keep every event: from its digest, and from the ledger kept beside it. */
import type { HistoryEvent } from '../../history/history.ts'
import { networkOf } from '../../history/network.ts'
import type { Network } from '../../history/observed.ts'
import { withWitnessed } from '../../judge/causes/witnessed.ts'
import { judgementFrom, type Rulings } from '../../judge/judge.ts'
import type { Phase } from '../../judge/judgement.ts'
import { hadTimeToMeet, whyNotOwed } from '../../judge/owed.ts'
import { hadItsTime } from '../../judge/phases.ts'
import { bytes, faultsBite, inBounds, steps } from '../../judge/rules/plan.ts'
import { RULE_IDS, type RuleId } from '../../judge/rules.ts'
import { NOTHING, type Ruling } from '../../judge/ruling.ts'
import type { Judged } from '../../reports/judged.ts'
import { rounded } from '../watch/recorder.ts'
import { booksInTheEnd } from './books-in-the-end.ts'
import { ruleOnChangesOfMind, ruleOnDrops, ruleOnFalseDrops, ruleOnFarewells, ruleOnNotices } from './drop-rulings.ts'
import { ruleOnBooks, ruleOnFormerRuns, ruleOnGhosts, ruleOnMissing } from './end-rulings.ts'
import type { Wholeness } from './full-spans.ts'
import type { Case, Ledger } from './ledger.ts'

/** Watched in every core while it runs. */
const WATCHED: readonly RuleId[] = [
  'not-itself',
  'joined-once',
  'updated-listed',
  'gone-listed',
  'never-back',
  'news-only'
]

/** @param history the digest; the ledger is not to be used after this */
export function judgedByWitness(ledger: Ledger, history: readonly HistoryEvent[]): Judged {
  const network = networkOf(history)
  ledger.full.end(network.nowMs)
  network.fullSinceMs = ledger.full.sinceMs
  const phases = phasesOf(ledger, network)
  const judgement = judgementFrom(network, rulingsOf(caseOf(ledger, network, history), phases), {
    isSeen: ledger.startedMs.first !== undefined,
    phases
  })
  return { history, network, judgement }
}

function caseOf(ledger: Ledger, network: Network, history: readonly HistoryEvent[]): Case {
  const readyMs = ledger.machines.flatMap(({ index }) => ledger.running(index)?.startedMs ?? [])
  return {
    ledger,
    network,
    whyNotOwed: whyNotOwed(network, hadTimeToMeet(network, ledger.awaited.size, readyMs)),
    countsLine: history.findLastIndex(({ type }) => type === 'counts') + 1
  }
}

function rulingsOf(the: Case, phases: readonly Phase[]): Rulings {
  const { network } = the
  const books = booksInTheEnd(the.ledger)
  const notTried: Ruling = {
    ...NOTHING,
    notTried: 'a simulated node is a core alone, without a process or lines of its own'
  }
  const watched = (rule: RuleId, ruling = NOTHING) => withWitnessed(network, rule, ruling)
  const named = (name: Phase['name']) => phases.filter(phase => phase.name === name)
  return {
    ...(Object.fromEntries(RULE_IDS.map(rule => [rule, notTried])) as Rulings),
    ...Object.fromEntries(WATCHED.map(rule => [rule, watched(rule)])),
    strangers: NOTHING,
    'book-as-told': watched('book-as-told', ruleOnBooks(the)),
    complete: ruleOnMissing(the, books),
    ghosts: ruleOnGhosts(the, books),
    equal: watched('equal', ruleOnFormerRuns(the, books)),
    'no-drops': ruleOnDrops(the),
    farewell: ruleOnFarewells(the),
    steps: steps(network),
    converges: inBounds(network, 'converges', named('full')),
    notices: ruleOnNotices(the),
    reconverges: inBounds(network, 'reconverges', named('whole')),
    'false-drops': ruleOnFalseDrops(the),
    'faults-bite': faultsBite(network),
    bytes: bytes(network),
    'changes-of-mind': ruleOnChangesOfMind(the)
  }
}

/** The phases of judge/phases.ts. */
function phasesOf({ plan: { bounds }, startedMs, full, faults }: Ledger, { nowMs }: Network): Phase[] {
  if (startedMs.first === undefined) return []
  const fromMs = startedMs.first
  return [
    phase('start', { fromMs, toMs: startedMs.last }),
    phase('full', { fromMs, toMs: full.firstMs, boundMs: bounds.convergeWithinMs }),
    ...faults.flatMap(({ id, fromMs, due, whole }) => [
      ...(due === undefined || due.size === 0
        ? []
        : [
            phase('noticed', {
              fault: id,
              fromMs,
              toMs: due.undropped === 0 ? Math.max(fromMs, due.lastDropMs) : undefined,
              boundMs: bounds.detectWithinMs
            })
          ]),
      ...(whole === undefined ? [] : [wholePhase(id, whole, bounds.reconvergeWithinMs, nowMs)])
    ])
  ]
}

function wholePhase(fault: string, whole: Wholeness, boundMs: number | undefined, nowMs: number): Phase {
  const { fromMs, wholeMs: toMs, untilMs } = whole
  const isOwed = toMs !== undefined || hadItsTime({ fromMs, untilMs, boundMs }, nowMs)
  return phase('whole', { fault, fromMs, toMs, boundMs: isOwed ? boundMs : undefined })
}

type Times = { [Key in keyof Omit<Phase, 'name'>]: Phase[Key] | undefined } & { fromMs: number }

function phase(name: Phase['name'], { fault, fromMs, toMs, boundMs }: Times): Phase {
  return {
    name,
    ...(fault !== undefined && { fault }),
    fromMs: rounded(fromMs),
    ...(toMs !== undefined && { toMs: rounded(toMs) }),
    ...(boundMs !== undefined && { boundMs })
  }
}
