/** Rules on processes while the run lasts: they say ready in time, answer, and do not end by themselves. */

import { liveRuns } from '../../history/network.ts'
import type { Exit, Network, NodeRun } from '../../history/observed.ts'
import { printable } from '../../printable.ts'
import { bySharedProcess } from '../causes/shared-process.ts'
import { whyUnanswered } from '../causes/vital-signs.ts'
import { type Found, type Ruling, shown, whose } from '../ruling.ts'
import { nameList, seconds } from '../wording.ts'

const READY_WITHIN_MS = 15_000

/** Before that time a node is late only if all others were much faster. */
const MIN_LATE_MS = 2_000
const SLOWER_THAN_OTHERS = 3

export function readyInTime(network: Network): Ruling {
  const late = lateStarts(network)
  return { found: late.map(run => neverReady(network, run)), unknown: [] }
}

/** Processes that had their time to say ready, and did not. */
export function lateStarts(network: Network): NodeRun[] {
  if (network.ended === undefined || network.ended.reason === 'interrupted') return []
  const runs = [...network.nodes.values()].flat()
  const startMs = runs.flatMap(({ readyAtMs, spawnedAtMs }) =>
    readyAtMs === undefined ? [] : readyAtMs - spawnedAtMs!
  )
  const slowestMs = startMs.length === 0 ? READY_WITHIN_MS : Math.max(...startMs)
  const limitMs = Math.min(READY_WITHIN_MS, Math.max(MIN_LATE_MS, SLOWER_THAN_OTHERS * slowestMs))
  return runs.filter(run => {
    const { spawnedAtMs, readyAtMs, exit, stopRequestedAtMs } = run
    if (spawnedAtMs === undefined || readyAtMs !== undefined || exit !== undefined) return false
    return stopRequestedAtMs === undefined && network.nowMs - spawnedAtMs >= limitMs
  })
}

function neverReady(network: Network, run: NodeRun): Found {
  const { node, spawnedAtMs, lines } = run
  const waitedMs = network.nowMs - spawnedAtMs!
  return {
    rule: 'ready-in-time',
    ...whose(run),
    atMs: network.nowMs,
    message: `${node} did not say ready within ${seconds(waitedMs)}: its log may say why`,
    cause: { code: 'never-ready', confidence: 'shown', evidence: shown(lines.spawned) },
    excusable: { fromMs: spawnedAtMs!, toMs: network.nowMs, nodes: [node] }
  }
}

/** The harness waits so long for a book; a little less, since its own timers are not exact. */
const ANSWER_WITHIN_MS = 1_900

export function answersDump(network: Network): Ruling {
  const unanswered = liveRuns(network).filter(run => run.dumpRequested && run.dump === undefined)
  const hitNow = new Set([...network.faults.values()].flatMap(({ nodes }) => nodes))
  const owed = unanswered.filter(run => hadTime(network, run) && !hitNow.has(run.node))
  const others = unanswered.filter(run => !owed.includes(run)).map(({ node }) => node)
  const unknown =
    others.length === 0
      ? []
      : [`${nameList(others)} had no time to answer the last \`dump\`: give the run a later deadline`]
  return { found: owed.map(run => unansweredDump(network, run)), unknown }
}

function hadTime({ nowMs }: Network, { dumpRequestedAtMs }: NodeRun): boolean {
  return nowMs - dumpRequestedAtMs! >= ANSWER_WITHIN_MS
}

function unansweredDump(network: Network, run: NodeRun): Found {
  const { node, dumpRequestedAtMs: askedMs = 0, lastLineAtMs = 0 } = run
  const last =
    lastLineAtMs > askedMs ? 'although it went on writing' : `and wrote nothing since ${seconds(lastLineAtMs)}`
  return {
    rule: 'answers-dump',
    ...whose(run),
    atMs: askedMs,
    message: `${node} did not answer \`dump\` within ${seconds(network.nowMs - askedMs)}, ${last}`,
    cause: whyUnanswered(run, askedMs),
    excusable: { fromMs: askedMs, toMs: network.nowMs, nodes: [node] }
  }
}

export function alive({ breaches, nodes }: Network): Ruling {
  const dead = breaches.deaths.filter(each => !isUnseen(each))
  const found = bySharedProcess(
    dead.map(({ run, atMs, line }) => ({ run, exit: run.exit!, found: died(run, atMs, line) }))
  )
  const unseen = breaches.deaths
    .filter(isUnseen)
    .map(({ run }) => ({ node: run.node, why: 'it cannot tell how they ended' }))
  const failed = [...nodes.values()]
    .flat()
    .flatMap(({ node, runnerFailure: why }) => (why === undefined ? [] : [{ node, why }]))
  const lost = Map.groupBy([...unseen, ...failed], ({ why }) => why)
  const unknown = [...lost].map(([why, same]) => {
    return `the runner lost ${nameList(same.map(({ node }) => node))}: ${printable(why, 500)}; see to the runner first`
  })
  return { found, unknown }
}

function died(run: NodeRun, atMs: number, line: number): Found {
  return {
    rule: 'alive',
    ...whose(run),
    atMs,
    message: `${run.node} ${howItEnded(run.exit!)} at ${seconds(atMs)}${lastWords(run.exit!)}`,
    cause: { code: 'crashed', confidence: 'shown', evidence: shown(line) }
  }
}

/** Neither a code nor a signal: whatever ran the process went away with it. */
function isUnseen({ run }: { run: NodeRun }): boolean {
  return run.exit?.code === null && run.exit.signal === null
}

function lastWords({ stderrTail }: Exit): string {
  const last = stderrTail.findLast(line => line.trim() !== '')
  return last === undefined ? ', and wrote nothing to stderr' : `; last stderr line: ${printable(last, 100)}`
}

export function howItEnded({ code, signal }: Pick<Exit, 'code' | 'signal'>): string {
  if (signal !== null) return `was killed by ${printable(signal, 32)}`
  return code === 0 ? 'ended by itself (exit code 0)' : `died with exit code ${code ?? 'unknown'}`
}
