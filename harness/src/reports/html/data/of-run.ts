/** From a judged run to what its page knows. O(events), and one fold of the history for the curve. */
import { bookSpansOf } from '../../../history/book-spans.ts'
import type { Network, NodeRun } from '../../../history/observed.ts'
import type { Finding } from '../../../judge/judgement.ts'
import { type Metrics, metricsOf } from '../../../judge/metrics.ts'
import { RULES } from '../../../judge/rules.ts'
import { inOrder, nameList, statusText } from '../../../judge/wording.ts'
import { printable } from '../../../printable.ts'
import type { Judged } from '../../judged.ts'
import { groupsOf } from '../../words/book-groups.ts'
import { completenessCurve } from '../../words/completeness.ts'
import { redacted } from '../redacted.ts'
import { columnsOf } from './columns.ts'
import { delaysOf } from './delays.ts'
import { happeningsOf } from './happenings.ts'
import { phaseFactsOf } from './milestones.ts'
import { missingOf } from './missing.ts'
import type { Curve, FaultBand, FindingFacts, NodeFacts, NodeNumber, ReportData, RunFacts } from './report-data.ts'

/** A page with more of them would be slow, and nobody would read them. */
const MAX_FINDINGS = 500

/** More points than pixels cannot be seen. */
const MAX_CURVE_POINTS = 2_000

export function reportDataOf({ history, network, judgement }: Judged): ReportData {
  const { started } = network
  const isDigest = started?.digest !== undefined
  const numbers = numbersOf(network)
  const metrics = metricsOf(network)
  const { endMs } = metrics.phases
  const faults = faultsOf(network, numbers, endMs)
  return {
    outcome: judgement.outcome,
    scenario: printable(started?.scenario ?? 'unknown', 64),
    isDigest,
    endMs,
    deadlineMs: started?.deadlineMs ?? endMs,
    nodes: isDigest ? [] : nodesOf(network, metrics, bookSpansOf(history)),
    phases: phaseFactsOf(judgement.phases, history, { faults, endMs }),
    faults,
    ...columnsOf(isDigest ? [] : history, network, numbers),
    happenings: happeningsOf(history, network, numbers),
    missing: missingOf(network, numbers),
    completeness: curve(completenessCurve(history)),
    delays: delaysOf(network, numbers),
    findings: findingsOf(judgement.findings, numbers),
    checks: judgement.checks.map(({ rule, status }) => ({ rule, group: RULES[rule].group, status }))
  }
}

/** Of each node its number. */
export type NodeNumbers = ReadonlyMap<string, NodeNumber>

function numbersOf({ nodes }: Network): NodeNumbers {
  return new Map([...nodes.keys()].map((node, i) => [node, i]))
}

function nodesOf(network: Network, metrics: Metrics, spans: ReturnType<typeof bookSpansOf>): NodeFacts[] {
  const groupOf = new Map(groupsOf(network).flatMap(({ nodes }, group) => nodes.map(node => [node, group] as const)))
  return [...network.nodes].map(([node, runs], i) => {
    const group = groupOf.get(node)
    const last = runs.at(-1)
    return {
      name: printable(node, 64),
      status: statusText(network, last),
      ...(group !== undefined && { group }),
      runs: runs.map((run, place) => ({
        ...runFactsOf(run, run === last ? metrics.nodes[i]?.bookFullMs : undefined),
        rightSpans: spans.get(node)?.[place] ?? []
      }))
    }
  })
}

function runFactsOf(run: NodeRun, bookFullMs: number | undefined): RunFacts {
  const exit = run.exit ?? run.takingDown.exit
  const facts = {
    spawnedMs: run.spawnedAtMs,
    readyMs: run.readyAtMs,
    firstContactMs: run.firstContactAtMs,
    bookFullMs,
    leavingMs: run.leavingAtMs,
    exitMs: exit?.atMs,
    end: exit === undefined ? undefined : exit.expected ? 'asked' : 'died'
  }
  return Object.fromEntries(Object.entries(facts).filter(([, value]) => value !== undefined)) as RunFacts
}

function faultsOf({ faultTimes }: Network, numbers: NodeNumbers, endMs: number): FaultBand[] {
  return faultTimes.map(({ id, nodes, fault, fromMs, healedAtMs }) => ({
    id: printable(id, 64),
    title: `${fault?.type ?? printable(id, 64)} ${nameList(inOrder(nodes))}`,
    nodes: nodes.flatMap(node => numbers.get(node) ?? []),
    ...(fault?.type === 'partition' && { groups: sidesOf(fault.groups, numbers) }),
    fromMs,
    toMs: healedAtMs ?? Math.max(fromMs, endMs),
    isHealed: healedAtMs !== undefined
  }))
}

function sidesOf(groups: readonly (readonly string[])[], numbers: NodeNumbers): NodeNumber[][] {
  const named = groups.map(nodes => nodes.flatMap(node => numbers.get(node) ?? []))
  const rest = [...numbers.values()].filter(number => !named.some(side => side.includes(number)))
  return rest.length === 0 ? named : [...named, rest]
}

/** Of each stretch of time the first, the least, the greatest and the last: no dip is lost. */
function curve(points: readonly { atMs: number; share: number }[]): Curve {
  const step = Math.ceil(points.length / (MAX_CURVE_POINTS / 4))
  const kept = step <= 4 ? points : thinned(points, step)
  return { atMs: kept.map(({ atMs }) => atMs), share: kept.map(({ share }) => Math.round(share * 1e6) / 1e6) }
}

function thinned<P extends { share: number }>(points: readonly P[], step: number): P[] {
  const kept = new Set<P>()
  for (let i = 0; i < points.length; i += step) {
    const stretch = points.slice(i, i + step)
    const byShare = stretch.toSorted((a, b) => a.share - b.share)
    for (const point of [stretch[0]!, byShare[0]!, byShare.at(-1)!, stretch.at(-1)!]) kept.add(point)
  }
  return points.filter(point => kept.has(point))
}

function findingsOf(findings: readonly Finding[], numbers: NodeNumbers): FindingFacts[] {
  const all = findings.flatMap(finding => [finding, ...finding.consequences])
  return all.slice(0, MAX_FINDINGS).flatMap(({ rule, node, subject, atMs, message }) => {
    const number = numbers.get(node)
    if (number === undefined) return []
    const about = subject === undefined ? undefined : numbers.get(subject)
    return [
      {
        rule,
        node: number,
        ...(about !== undefined && { subject: about }),
        atMs,
        message: redacted(printable(message, 500))
      }
    ]
  })
}
