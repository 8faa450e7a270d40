/** From a run that was judged to its result.json. */
import type { Exit, Network, NodeRun } from '../../history/observed.ts'
import { missingCells } from '../../judge/causes/missing.ts'
import { type Cause, exitCodeOf, type Finding, type Judgement } from '../../judge/judgement.ts'
import { metricsOf, type NodeMetrics } from '../../judge/metrics.ts'
import type { RuleId } from '../../judge/rules.ts'
import { inOrder, peerName, statusText } from '../../judge/wording.ts'
import type { Judged } from '../judged.ts'
import { groupsOf } from '../words/book-groups.ts'
import { figuresOf } from '../words/figures/figures.ts'
import { headline } from '../words/headline.ts'
import { firstOf } from './lists.ts'
import { MAX_COMMAND, MAX_ITEMS, MAX_MESSAGE, MAX_NAME, RESULT_VERSION, type Result } from './schema.ts'
import type { SimulationSection } from './simulation-schema.ts'

export interface Artefacts {
  /** The folder of the run; of a simulation it is left out, since the same simulation has the same result everywhere. */
  path?: string
  /** If not that of the outcome: the exit code after a signal. */
  exitCode?: number
  /** Of a simulation: what only the simulator has measured. */
  simulation?: SimulationSection | undefined
}

/** Bounded by MAX_ITEMS, MAX_NAME and MAX_MESSAGE: lists say how many more there were, and texts that were cut end with `…`. */
export function resultOf(judged: Judged, { path, exitCode, simulation }: Artefacts = {}): Result {
  const { network, judgement } = judged
  const isDigest = network.started?.digest !== undefined
  return {
    v: RESULT_VERSION,
    outcome: judgement.outcome,
    exitCode: exitCode ?? exitCodeOf[judgement.outcome],
    headline: message(headline(judged)),
    run: runOf(network),
    ...judgementOf(judgement),
    ...firstOf('figures', figuresOf(judged).map(figureOf), MAX_ITEMS.figures),
    ...firstOf('nodes', isDigest ? [] : nodesOf(network), MAX_ITEMS.nodes),
    ...firstOf('missing', isDigest ? [] : missingOf(network), MAX_ITEMS.missing),
    ...firstOf('groups', isDigest ? [] : groupsIn(network), MAX_ITEMS.groups),
    ...countsOf(network),
    ...(path !== undefined && network.started?.runner !== 'simulation' && { artefacts: path }),
    ...(simulation !== undefined && { simulation })
  }
}

function countsOf({ counts }: Network): Pick<Result, 'counts'> {
  if (counts === undefined) return {}
  const { live, right, ghosts } = counts
  return { counts: { live, right, ghosts } }
}

function runOf({ started, ended, nodes }: Network): Result['run'] {
  const { plan, runner, perProcess, host, versions } = started ?? {}
  return {
    scenario: name(started?.scenario ?? ''),
    nodes: Math.max(plan?.nodes.length ?? 0, nodes.size),
    deadlineMs: started?.deadlineMs ?? 0,
    settleMs: started?.settleMs ?? 0,
    ...(plan !== undefined && { seed: plan.seed }),
    ...(runner !== undefined && { runner }),
    ...(perProcess !== undefined && { perProcess }),
    command: cut(started?.command ?? '', MAX_COMMAND),
    startedAt: name(started?.startedAt ?? ''),
    ...(ended !== undefined && { ended }),
    ...(host !== undefined && { host: { ...host, kernel: name(host.kernel) } }),
    ...(versions !== undefined && { versions: { ...versions, testbed: name(versions.testbed) } }),
    isDigest: started?.digest !== undefined
  }
}

function judgementOf({ checks, findings, excuses, faults, phases, notJudged }: Judgement) {
  return {
    checks: checks.map(({ rule, status, unknown }) => ({
      rule,
      status,
      ...firstOf('unknown', unknown.map(message), MAX_ITEMS.unknown)
    })),
    ...findingsIn(findings),
    ...firstOf(
      'excuses',
      excuses.map(excuse => ({
        ...excuse,
        why: message(excuse.why),
        ...firstOf('nodes', excuse.nodes.map(name), MAX_ITEMS.names),
        rules: [...excuse.rules]
      })),
      MAX_ITEMS.excuses
    ),
    ...firstOf(
      'faults',
      faults.map(({ id, proof }) => ({ id: name(id), proof })),
      MAX_ITEMS.faults
    ),
    ...firstOf(
      'phases',
      phases.map(phase => (phase.fault === undefined ? phase : { ...phase, fault: name(phase.fault) })),
      MAX_ITEMS.phases
    ),
    ...firstOf('notJudged', notJudged.map(message), MAX_ITEMS.notJudged)
  }
}

/** Of 10,000 findings by one rule and one by another both are told: the first of each rule come before the second ones. */
function findingsIn(all: readonly Finding[]) {
  const seen = new Map<RuleId, number>()
  const ranked = all.map((finding, place) => {
    const rank = seen.get(finding.rule) ?? 0
    seen.set(finding.rule, rank + 1)
    return { finding, place, rank }
  })
  const kept = ranked.toSorted((a, b) => a.rank - b.rank || a.place - b.place).slice(0, MAX_ITEMS.findings)
  const { findings } = firstOf(
    'findings',
    kept.toSorted((a, b) => a.place - b.place).map(({ finding }) => findingOf(finding)),
    MAX_ITEMS.findings
  )
  return { findings, ...(all.length > findings.length && { moreFindings: all.length - findings.length }) }
}

function findingOf(finding: Finding): Result['findings'][number] {
  const { consequences, moreConsequences: uncounted = 0 } = finding
  const { moreConsequences: cutOff = 0, ...kept } = firstOf(
    'consequences',
    consequences.map(foundOf),
    MAX_ITEMS.consequences
  )
  const more = cutOff + uncounted
  return { ...foundOf(finding), ...kept, ...(more > 0 && { moreConsequences: more }) }
}

function foundOf({ rule, node, run, subject, atMs, message: text, cause }: Finding) {
  return {
    rule,
    node: name(node),
    run,
    ...(subject !== undefined && { subject: name(subject) }),
    atMs,
    message: message(text),
    cause: causeOf(cause)
  }
}

function causeOf({ code, confidence, evidence }: Cause): Result['findings'][number]['cause'] {
  return { code, confidence, ...firstOf('evidence', evidence, MAX_ITEMS.evidence) }
}

function figureOf(figure: ReturnType<typeof figuresOf>[number]): Result['figures'][number] {
  const { key, name: word, label, fault, value, unit, bound, text } = figure
  return {
    key: name(key),
    name: word,
    label: name(label),
    ...(fault !== undefined && { fault: name(fault) }),
    // Differences of times carry the noise of binary fractions.
    ...(value !== undefined && { value: Number(value.toFixed(6)) }),
    unit,
    ...(bound !== undefined && { bound }),
    text: name(text)
  }
}

function nodesOf(network: Network): Result['nodes'] {
  const metrics = new Map(metricsOf(network).nodes.map(each => [each.node, each]))
  return [...network.nodes].map(([node, runs]) => nodeOf(network, node, runs, metrics.get(node)))
}

function nodeOf(
  network: Network,
  node: string,
  runs: readonly NodeRun[],
  metrics: NodeMetrics | undefined
): Result['nodes'][number] {
  const run = runs.at(-1)
  const { ready, spawnFailure } = run ?? {}
  const { readyMs, cpuMs, rssBytes, rx, tx, loopLagMs } = metrics ?? { node }
  return {
    node: name(node),
    status: statusText(network, run) as Result['nodes'][number]['status'],
    runs: runs.length,
    ...firstOf('ends', runs.flatMap(endsOf).reverse(), MAX_ITEMS.ends),
    ...(spawnFailure !== undefined && { spawnFailure: message(spawnFailure) }),
    ...(ready !== undefined && { peerId: name(ready.peerId), name: name(ready.node) }),
    ...firstOf('addrs', (ready?.addrs ?? []).map(message), MAX_ITEMS.addrs),
    ...(ready?.epoch !== undefined && { epoch: ready.epoch }),
    ...(readyMs !== undefined && { readyAtMs: readyMs }),
    ...(cpuMs !== undefined && { cpuMs }),
    ...(rssBytes !== undefined && { rssBytes }),
    ...(rx !== undefined && { rx }),
    ...(tx !== undefined && { tx }),
    ...(loopLagMs !== undefined && { loopLagMs })
  }
}

/** While the run lasted, or after it. */
function endsOf({ run, exit, takingDown }: NodeRun): Result['nodes'][number]['ends'] {
  const ends: Exit[] = [exit, takingDown.exit].filter(each => each !== undefined)
  return ends.map(({ atMs, code, signal, expected, process }) => ({
    run,
    atMs,
    code,
    signal: signal === null ? null : name(signal),
    expected,
    ...(process !== undefined && { withProcess: process.pid })
  }))
}

function missingOf(network: Network): Result['missing'] {
  return missingCells(network).map(({ observer, subject, blamed, cause, detail }) => ({
    observer: name(observer),
    subject: name(subject),
    blamed: name(blamed),
    cause: causeOf(cause),
    ...(detail !== undefined && { detail: message(detail) })
  }))
}

function groupsIn(network: Network): Result['groups'] {
  return groupsOf(network).map(({ nodes, knows }) => ({
    ...firstOf('nodes', nodes.map(name), MAX_ITEMS.names),
    ...firstOf('knows', inOrder(knows.map(peer => peerName(network, peer))).map(name), MAX_ITEMS.names)
  }))
}

const name = (text: string) => cut(text, MAX_NAME)
const message = (text: string) => cut(text, MAX_MESSAGE)

function cut(text: string, maxLength: number): string {
  return text.length > maxLength ? `${text.slice(0, maxLength)}…` : text
}
