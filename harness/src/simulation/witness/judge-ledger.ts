/** The Judgement of a network that is too large to keep every event: from its digest, and from the ledger kept beside it. */
import type { HistoryEvent } from '../../history/history.ts'
import { networkOf } from '../../history/network.ts'
import type { Network } from '../../history/observed.ts'
import { judgementFrom, type Rulings } from '../../judge/judge.ts'
import type { Phase } from '../../judge/judgement.ts'
import { hadTimeToMeet, whyNotOwed } from '../../judge/owed.ts'
import { hadItsTime } from '../../judge/phases.ts'
import { bytes } from '../../judge/rules/bytes.ts'
import { faultsBite, inBounds, steps } from '../../judge/rules/plan.ts'
import { withWitnessed } from '../../judge/rules/witnessed.ts'
import { RULE_IDS, type RuleId } from '../../judge/rules.ts'
import { NOTHING, type Ruling } from '../../judge/ruling.ts'
import type { Judged } from '../../reports/judged.ts'
import { rounded } from '../watch/recorder.ts'
import { booksInTheEnd } from './books-in-the-end.ts'
import { falseDrops, farewell, noDrops, notices } from './drop-rulings.ts'
import { bookAsTold, complete, equal, ghosts } from './end-rulings.ts'
import type { Wholeness } from './full-spans.ts'
import type { Ledger } from './ledger.ts'

/** What the rulings of this room are made from. */
export interface Case {
  readonly ledger: Ledger
  /** Folded from the digest. */
  readonly network: Network
  /** Why the end of the run shows nothing of what is owed in the end; undefined if it does. */
  readonly whyNotOwed: string | undefined
  /** The line of the digest that says how far the books agreed in the end. */
  readonly countsLine: number
}

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
  const readyMs = ledger.machines.flatMap(({ process }) => process?.startedMs ?? [])
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
    'book-as-told': watched('book-as-told', bookAsTold(the)),
    complete: complete(the, books),
    ghosts: ghosts(the, books),
    equal: watched('equal', equal(the, books)),
    'no-drops': noDrops(the),
    farewell: farewell(the),
    steps: steps(network),
    converges: inBounds(network, 'converges', named('full')),
    notices: notices(the),
    reconverges: inBounds(network, 'reconverges', named('whole')),
    'false-drops': falseDrops(the),
    'faults-bite': faultsBite(network),
    bytes: bytes(network)
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
