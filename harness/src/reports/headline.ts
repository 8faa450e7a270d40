/** The outcome in one sentence: what a reader who reads nothing else should know. */

import type { Network } from '../history/observed.ts'
import type { CauseCode, Finding } from '../judge/judgement.ts'
import { NOT_JUDGED } from '../judge/rules/stable.ts'
import { amountText, count, seconds } from '../judge/wording.ts'
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
      const doubts = new Set(judgement.checks.flatMap(({ unknown }) => unknown))
      // It follows from the others.
      doubts.delete(NOT_JUDGED)
      return `${doubts.size <= 1 ? 'one thing' : `${doubts.size} things`} could not be told, ${after}`
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
  const nodes = count(network.counts?.live ?? network.live.size, 'node')
  const full = judgement.phases.find(({ name }) => name === 'full')
  const whole = judgement.phases.filter(({ name }) => name === 'whole').at(-1)
  if (judgement.faults.length === 0) {
    const started = network.plannedSteps.size === 0 ? nodes : count(startedAtFirst(network), 'node')
    return [`${started} found each other in ${seconds(full?.toMs ?? network.nowMs)}`, ...doneText(network)].join('; ')
  }
  const faults = count(new Set(judgement.faults.map(({ id }) => id)).size, 'fault')
  if (whole?.toMs !== undefined) {
    const tookMs = whole.toMs - whole.fromMs
    return `${nodes} held through ${faults}, and all books were right ${seconds(tookMs)} after the last one was healed`
  }
  const noticed = judgement.phases.filter(({ name }) => name === 'noticed').at(-1)
  if (noticed?.toMs === undefined) return `${nodes} held through ${faults}`
  return `${nodes} held through ${faults}, and what was gone was in no book after ${seconds(noticed.toMs - noticed.fromMs)}`
}

function startedAtFirst({ started, nodes }: Network): number {
  return started?.plan?.nodes.filter(({ startsAtOnce }) => startsAtOnce).length ?? nodes.size
}

/** What the steps of the scenario did without breaking anything, and how soon all books showed it. */
function doneText({ plannedSteps, steps, fullSinceMs }: Network): string[] {
  const done = [...plannedSteps.values()].flatMap(({ id, action }) => {
    return action.type === 'join' || action.type === 'leave' ? [{ ...action, atMs: steps.get(id)?.begunAtMs ?? 0 }] : []
  })
  if (done.length === 0) return []
  const amountOf = (type: 'join' | 'leave') => {
    return new Set(done.flatMap(action => (action.type === type ? action.nodes : []))).size
  }
  const [joined, left] = [amountOf('join'), amountOf('leave')]
  const texts = [
    ...(joined > 0 ? [`${amountText(joined)} joined`] : []),
    ...(left > 0 ? [`${amountText(left)} left`] : [])
  ]
  const tookMs = Math.max(0, (fullSinceMs ?? 0) - Math.max(...done.map(({ atMs }) => atMs)))
  return [`${texts.join(' and ')}, and every book was right after ${seconds(tookMs)}`]
}

/** The first cause by its node; the others are counted. */
function culprits(findings: readonly Finding[]): string {
  const [first] = findings
  if (first === undefined) return 'a rule is broken'
  const others = findings.length - 1
  const text =
    first.rule === 'bytes' ? 'nodes received too much' : `${printable(first.node, 64)} ${phrases[first.cause.code]}`
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
  'observer-lost-it': 'lost what it had heard of',
  'line-refused': 'breaks the contract',
  'not-delivered': 'does not get through',
  'harness-late': 'was seen too late',
  'runner-failed': 'was lost by its runner',
  'no-evidence': 'is missed or misses others, and nothing shows why'
}
