/** Rulings on drops: of live nodes, and those that are due. */
import type { NodeName } from '../../contract.ts'
import type { Steadiness } from '../../history/history.ts'
import { DYING_MS, FAREWELL_WITHIN_MS } from '../../judge/rules/accurate.ts'
import type { RuleId } from '../../judge/rules.ts'
import { type Found, type Ruling, shown } from '../../judge/ruling.ts'
import { amountText, changesOfMindText, count, seconds } from '../../judge/wording.ts'
import type { SeenDrop } from './drop-log.ts'
import type { Late, SaidFarewell } from './due-drops.ts'
import type { Case, FaultSpan, Ledger } from './ledger.ts'

/** Parts of one finding; the others are counted. */
const MAX_PARTS = 100

export function ruleOnDrops(the: Case): Ruling {
  const { ledger, network } = the
  const drops = ledger.drops.all.filter(
    each => each.isUncalledFor && !isDying(ledger, each.subject, each.subjectRun, each.atMs)
  )
  if (drops.length === 0) return { found: [], unknown: [] }
  const lines = network.breaches.witnessed.filter(({ rule }) => rule === 'no-drops').map(({ line }) => line)
  return { found: droppedBy(ledger, 'no-drops', drops, lines), unknown: [] }
}

export function ruleOnFalseDrops({ ledger }: Case): Ruling {
  const allowed = ledger.plan.bounds.falseDrops
  if (allowed === undefined) return { found: [], unknown: [], notTried: 'the scenario does not count false drops' }
  const drops = falseDropsIn(ledger)
  return { found: drops.length <= allowed ? [] : droppedBy(ledger, 'false-drops', drops, []), unknown: [] }
}

export function ruleOnChangesOfMind({ ledger }: Case): Ruling {
  const allowed = ledger.plan.bounds.changesOfMind
  if (allowed === undefined) return { found: [], unknown: [], notTried: 'the scenario does not count changes of mind' }
  const nameOf = (machine: number) => ledger.machines[machine]!.name
  const byObserver = Map.groupBy(ledger.steadiness.wavering, ({ observer }) => observer)
  const found = [...byObserver.values()].slice(0, MAX_PARTS).map((own): Found => {
    const worst = own.reduce((most, each) => (each.changes > most.changes ? each : most))
    const { observer, subject, changes, atMs } = worst
    return {
      rule: 'changes-of-mind',
      node: nameOf(observer),
      run: ledger.machines[observer]!.runs,
      subject: nameOf(subject),
      atMs,
      message: changesOfMindText({ observer: nameOf(observer), subject: nameOf(subject), changes, allowed }),
      cause: { code: 'dropped-alive', confidence: 'shown', evidence: [] }
    }
  })
  return { found, unknown: [] }
}

/** What single events of a digest do not show. */
export function witnessedSteadiness(ledger: Ledger): Steadiness {
  return ledger.steadiness.soFar(falseDropsIn(ledger).length, machine => ledger.machines[machine]!.name)
}

function falseDropsIn(ledger: Ledger): SeenDrop[] {
  return ledger.drops.all.filter(({ isHealthy, observer, observerRun, subject, subjectRun, atMs }) => {
    return isHealthy && !isDying(ledger, observer, observerRun, atMs) && !isDying(ledger, subject, subjectRun, atMs)
  })
}

/** It ended soon after, and others may have noticed before. */
function isDying(ledger: Ledger, machine: number, run: number, atMs: number): boolean {
  return ledger.endOf(machine, run) <= atMs + DYING_MS
}

/** One finding for each node that dropped others. */
function droppedBy(ledger: Ledger, rule: RuleId, drops: readonly SeenDrop[], lines: readonly number[]): Found[] {
  const nameOf = (machine: number) => ledger.machines[machine]!.name
  return [...Map.groupBy(drops, ({ observer }) => observer).values()].slice(0, MAX_PARTS).map(own => {
    const parts = own.slice(0, MAX_PARTS).map(
      ({ observer, observerRun, subject, how, atMs }): Found => ({
        rule,
        node: nameOf(observer),
        run: observerRun,
        subject: nameOf(subject),
        atMs,
        message: `${nameOf(observer)} dropped ${nameOf(subject)}, which was alive, at ${seconds(atMs)} (${how})`,
        cause: { code: 'dropped-alive', confidence: 'shown', evidence: shown(...lines) }
      })
    )
    if (parts.length === 1) return parts[0]!
    return { ...parts[0]!, message: `${parts[0]!.message}, and ${amountText(own.length - 1)} more`, parts }
  })
}

export function ruleOnNotices(the: Case): Ruling {
  const { detectWithinMs: boundMs } = the.ledger.plan.bounds
  const times = the.ledger.faults.filter(({ due }) => due !== undefined && due.size > 0)
  if (boundMs === undefined || times.length === 0) {
    return { found: [], unknown: [], notTried: 'nothing had to be noticed within a time' }
  }
  const rulings = times.map(time => noticesOf(the, time, boundMs))
  return { found: rulings.flatMap(({ found }) => found), unknown: rulings.flatMap(({ unknown }) => unknown) }
}

function noticesOf(the: Case, span: FaultSpan, boundMs: number): Ruling {
  const { id, fromMs, due, healedAtMs } = span
  const dueMs = fromMs + boundMs
  // What comes back before its time has run out need not be noticed.
  if (healedAtMs < dueMs) return { found: [], unknown: [] }
  const { nowMs } = the.network
  const open = [...due!.open()]
  if (due!.lateCount + open.length === 0) return { found: [], unknown: [] }
  if (nowMs < dueMs) {
    const text = `whether fault ${id} would be noticed within ${seconds(boundMs)}: the run ended before`
    return { found: [], unknown: [text] }
  }
  const message = (by: string, of: string) => `${by} did not drop ${of} within ${seconds(boundMs)} of fault ${id}`
  const line = the.network.faultTimes[the.ledger.faults.indexOf(span)]?.line
  const found = lateOnes(the, [...due!.late, ...open], { rule: 'notices', atMs: dueMs, line, message })
  return { found, unknown: [] }
}

interface Lateness {
  readonly rule: RuleId
  readonly atMs: number
  readonly line: number | undefined
  readonly message: (by: string, of: string) => string
}

/** One finding for each observer. */
function lateOnes({ ledger }: Case, late: readonly Late[], { rule, atMs, line, message }: Lateness): Found[] {
  const nameOf = (machine: number) => ledger.machines[machine]!.name
  return [...Map.groupBy(late, ({ observer }) => observer).values()].slice(0, MAX_PARTS).map((own): Found => {
    const { observer, subject, run } = own[0]!
    const others = own.length > 1 ? ` and ${amountText(own.length - 1)} more` : ''
    return {
      rule,
      node: nameOf(observer),
      run,
      subject: nameOf(subject),
      atMs,
      message: message(nameOf(observer), `${nameOf(subject)}${others}`),
      cause: { code: 'kept-after-end', confidence: 'shown', evidence: shown(line) }
    }
  })
}

export function ruleOnFarewells(the: Case): Ruling {
  const { farewells } = the.ledger
  if (farewells.length === 0) return { found: [], unknown: [], notTried: 'no node was told to leave' }
  const rulings = farewells.map(each => farewellOf(the, each))
  return { found: rulings.flatMap(({ found }) => found), unknown: rulings.flatMap(({ unknown }) => unknown) }
}

function farewellOf(the: Case, said: SaidFarewell): Ruling {
  const { ledger, network } = the
  const { node, run, atMs, due } = said
  if (mayBeUnheard(ledger, said, node, said.startedMs)) return { found: [], unknown: [] }
  const isOwed = ({ observer, run: own }: Late) => {
    const process = ledger.running(observer)
    if (process?.run !== own) return false
    return !mayBeUnheard(ledger, said, process.machine.name, process.startedMs)
  }
  const [wrong, open] = [due.late.filter(isOwed), [...due.open()].filter(isOwed)]
  if (wrong.length + open.length === 0) return { found: [], unknown: [] }
  const dueMs = atMs + FAREWELL_WITHIN_MS
  if (network.nowMs < dueMs && wrong.length === 0) {
    return {
      found: [],
      unknown: [
        `${node} was told to leave only ${seconds(network.nowMs - atMs)} before the run ended: give it a later deadline`
      ]
    }
  }
  const missed = [...wrong, ...open]
  // What nobody heard was not said; what one alone did not hear is its own affair.
  const isUnsaid = missed.length === due.size && due.size > 1
  const first = ledger.machines[missed[0]!.observer]!.name
  const found: Found = {
    rule: 'farewell',
    node: isUnsaid ? node : first,
    run: isUnsaid ? run : missed[0]!.run,
    subject: isUnsaid ? first : node,
    atMs: Math.min(network.nowMs, dueMs),
    message: `${count(missed.length, 'node')} did not drop ${node} as left within ${seconds(FAREWELL_WITHIN_MS)} of its farewell, ${first} among them`,
    cause: {
      code: isUnsaid ? 'silent' : open.length > 0 ? 'kept-after-end' : 'not-delivered',
      confidence: isUnsaid || open.length === 0 ? 'likely' : 'shown',
      evidence: []
    }
  }
  return { found: [found], unknown: [] }
}

/** Just after a fault at the node, or just before one. */
function mayBeUnheard({ faults, graceMs }: Ledger, { atMs }: SaidFarewell, node: NodeName, startedMs: number): boolean {
  return faults.some(({ names, fromMs, healedAtMs }) => {
    if (!names.includes(node)) return false
    const isAfter = startedMs < healedAtMs && healedAtMs <= atMs && atMs <= healedAtMs + graceMs
    return isAfter || (fromMs >= atMs && fromMs <= atMs + FAREWELL_WITHIN_MS)
  })
}
