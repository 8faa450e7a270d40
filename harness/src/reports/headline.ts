/** The outcome in one sentence: what a reader who reads nothing else should know. */

import type { CauseCode, Finding } from '../judge/judgement.ts'
import { NOT_JUDGED } from '../judge/rules/stable.ts'
import { count, seconds } from '../judge/wording.ts'
import { printable } from '../printable.ts'
import type { Judged } from './judged.ts'

/** Stands on its own; names and figures only, nothing that a node wrote. */
export function headline({ network, judgement }: Judged): string {
  const after = `after ${seconds(network.ended?.atMs ?? network.nowMs)}`
  switch (judgement.outcome) {
    case 'pass':
      return passText({ network, judgement })
    case 'fail':
      return `${culprits(judgement.findings)}, ${after}`
    case 'unknown': {
      const doubts = new Set(judgement.checks.flatMap(({ unknown }) => unknown)).size
      return `${doubts <= 1 ? 'one thing' : `${doubts} things`} could not be told, ${after}`
    }
  }
}

/** Why the outcome is what it is, in one line: the first finding or doubt; the headline of a pass. */
export function reasonOfOutcome(judged: Judged): string {
  const { findings, checks } = judged.judgement
  const doubts = checks.flatMap(({ unknown }) => unknown)
  // What cannot be judged because of another doubt says nothing of that.
  const doubt = doubts.find(each => each !== NOT_JUDGED) ?? doubts[0]
  return findings[0]?.message ?? doubt ?? headline(judged)
}

function passText({ network, judgement }: Omit<Judged, 'history'>): string {
  const nodes = count(network.live.size, 'node')
  const full = judgement.phases.find(({ name }) => name === 'full')
  const whole = judgement.phases.filter(({ name }) => name === 'whole').at(-1)
  if (judgement.faults.length === 0) return `${nodes} found each other in ${seconds(full?.toMs ?? network.nowMs)}`
  const faults = count(judgement.faults.length, 'fault')
  const healed =
    whole?.toMs === undefined
      ? ''
      : `, and all books were right ${seconds(whole.toMs - whole.fromMs)} after the last one was healed`
  return `${nodes} held through ${faults}${healed}`
}

/** The first cause by its node; the others are counted. */
function culprits(findings: readonly Finding[]): string {
  const [first] = findings
  if (first === undefined) return 'a rule is broken'
  const others = findings.length - 1
  const text = `${printable(first.node, 64)} ${phrases[first.cause.code]}`
  return others === 0 ? text : `${text}, and ${count(others, 'more finding')}`
}

const phrases: Record<CauseCode, string> = {
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
  'kept-after-end': 'keeps nodes that are gone',
  'stranger-introduced': 'brought up a stranger',
  lied: 'says what is not so',
  'events-differ-from-book': 'tells another story than its book',
  'observer-lost-it': 'lost what it had listed',
  'line-refused': 'breaks the contract',
  'not-delivered': 'does not get through',
  'harness-late': 'was seen too late',
  'runner-failed': 'was lost by its runner',
  'no-evidence': 'is missed or misses others, and nothing shows why'
}
