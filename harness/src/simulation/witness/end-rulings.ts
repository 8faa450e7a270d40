/** Rulings on the books as they are when the run is over. */
import type { CauseCode } from '../../judge/judgement.ts'
import { listings, owedUnless } from '../../judge/owed.ts'
import type { RuleId } from '../../judge/rules.ts'
import { type Found, type Ruling, shown } from '../../judge/ruling.ts'
import { amountText, inOrder, nameList, seconds } from '../../judge/wording.ts'
import type { BooksInTheEnd, Pair, Pairs } from './books-in-the-end.ts'
import type { Case } from './ledger.ts'

export function ruleOnMissing(the: Case, { missing, cut }: BooksInTheEnd): Ruling {
  const { ledger, network } = the
  const found = foundIn(the, missing, { rule: 'complete', code: 'no-evidence', says: 'does not list' })
  const lacking = owedUnless(the.whyNotOwed, found, listings(missing.count, 'missing'))
  const running = ledger.machines.filter(({ index }) => ledger.running(index) !== undefined).length
  const absent = inOrder([...ledger.awaited])
  return {
    found: lacking.found,
    unknown: [
      ...(absent.length === 0
        ? []
        : [`${nameList(absent)} had not started when the run ended after ${seconds(network.nowMs)}`]),
      ...(running >= 2
        ? []
        : [`${running === 0 ? 'no node' : 'only one node'} ran in the end: there was nobody to list`]),
      ...(cut.count === 0 ? [] : [`${listings(cut.count, 'missing')} that a fault takes away to the end of the run`]),
      ...lacking.unknown
    ]
  }
}

export function ruleOnGhosts(the: Case, books: BooksInTheEnd): Ruling {
  const found = foundIn(the, books.ghosts, { rule: 'ghosts', code: 'kept-after-end', says: 'still lists' })
  const owed = owedUnless(the.whyNotOwed, found, listings(books.ghosts.count, 'of nodes that ended'))
  return owed.unknown.length > 0 && isOverdue(the) ? { found, unknown: [] } : owed
}

/** Twice the time that the scenario gives has passed, so it is owed however the run ended. */
function isOverdue({ ledger, network: { nowMs, ended } }: Case): boolean {
  const { detectWithinMs: boundMs } = ledger.plan.bounds
  if (boundMs === undefined || ended?.reason === 'interrupted') return false
  return ledger.faults.some(({ fromMs, due, healedAtMs }) => {
    if (due === undefined || healedAtMs < nowMs || nowMs < fromMs + 2 * boundMs) return false
    return [...due.open()].some(({ subject }) => ledger.running(subject) === undefined)
  })
}

export function ruleOnFormerRuns(the: Case, { former }: BooksInTheEnd): Ruling {
  const found = foundIn(the, former, { rule: 'equal', code: 'not-delivered', says: 'lists a former run of' })
  return owedUnless(the.whyNotOwed, found, listings(former.count, 'of a former run'))
}

/** Every book was compared with its events; that of a process that is stopped is not there to be compared. */
export function ruleOnBooks({ ledger }: Case): Ruling {
  const stopped = ledger.machines.filter(({ process }) => process?.isPaused === true).map(({ name }) => name)
  const unknown =
    stopped.length === 0 ? [] : [`of ${nameList(inOrder(stopped))} no final book is known: stopped to the end`]
  return { found: [], unknown }
}

interface What {
  readonly rule: RuleId
  readonly code: CauseCode
  readonly says: string
}

/** Parts of one finding; the others are counted. */
const MAX_PARTS = 100

/** The node that most of the pairs have in common is named. */
function foundIn(the: Case, pairs: Pairs, { rule, code, says }: What): Found[] {
  if (pairs.count === 0) return []
  const { ledger, network, countsLine } = the
  const nameOf = (machine: number) => ledger.machines[machine]!.name
  const [observer, asObserver] = most(pairs.byObserver)
  const [subject, asSubject] = most(pairs.bySubject)
  const isSubject = rule === 'complete' && asSubject > asObserver
  const blamed = isSubject ? subject : observer
  const own = pairs.some.filter(pair => pair[isSubject ? 'subject' : 'observer'] === blamed)
  const partOf = (pair: Pair): Found => ({
    rule,
    node: nameOf(blamed),
    run: ledger.machines[blamed]!.runs,
    subject: nameOf(isSubject ? pair.observer : pair.subject),
    atMs: network.nowMs,
    message: `${nameOf(pair.observer)} ${says} ${nameOf(pair.subject)}`,
    cause: { code, confidence: code === 'no-evidence' ? 'cannot-tell' : 'shown', evidence: shown(countsLine) }
  })
  const parts = (own.length > 0 ? own : pairs.some).slice(0, MAX_PARTS).map(partOf)
  if (pairs.count === 1) return parts
  const text = `${parts[0]!.message}; ${amountText(pairs.count)} listings like this, of ${amountText(pairs.byObserver.size)} nodes`
  return [{ ...parts[0]!, message: text, parts }]
}

function most(counts: ReadonlyMap<number, number>): [machine: number, count: number] {
  return [...counts].reduce((most, each) => (each[1] > most[1] ? each : most))
}
