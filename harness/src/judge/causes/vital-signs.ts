/** Whether a process that is there still does something. */
import type { Network, NodeRun } from '../../history/observed.ts'
import type { Cause } from '../judgement.ts'
import { shown } from '../ruling.ts'

/** Less processor time than this in a second is that of a process that is stopped: a timer alone takes more. */
const MAX_STOPPED_CPU_MS = 0

/** It said ready and then nothing of its own accord, nobody heard of it, and others tell of themselves all the time. */
export function saidNothing({ live, listedBy }: Network, run: NodeRun): boolean {
  const others = [...live].filter(other => other !== run)
  if ((listedBy.get(run.ready?.peerId ?? '')?.size ?? 0) > 0) return false
  return wroteNothing(run) && others.some(({ announcements, stats }) => announcements > 0 || stats !== undefined)
}

function wroteNothing(run: NodeRun): boolean {
  const { ready, book } = run.lines
  const answers = book === undefined ? 0 : 1
  return ready !== undefined && run.linesWritten <= 1 + run.saidBefore.length + answers
}

/** Why a live process did not answer, with what shows it. */
export function whyUnanswered(run: NodeRun, askedAtMs: number): Cause {
  const { dumpRequested, last, ready } = run.lines
  const idle = idleUsages(run, askedAtMs)
  if (idle.length > 0) return { code: 'hung', confidence: 'shown', evidence: shown(dumpRequested, ...idle) }
  if (wroteNothing(run)) return { code: 'silent', confidence: 'likely', evidence: shown(ready, dumpRequested) }
  const wroteOn = run.lastLineAtMs !== undefined && run.lastLineAtMs > askedAtMs
  return { code: wroteOn ? 'silent' : 'hung', confidence: 'likely', evidence: shown(dumpRequested, last) }
}

/**
 * Lines of two measurements around or after a moment, between which the process used no processor time at all. The system
 * counts that in hundredths of a second, so a process that wrote lines meanwhile may have used some.
 */
function idleUsages({ usages, lastLineAtMs = 0 }: NodeRun, atMs: number): number[] {
  const from = usages.findLastIndex(usage => usage.atMs <= atMs)
  const before = usages.slice(Math.max(0, from)).find(usage => usage.atMs >= lastLineAtMs)
  const after = usages.at(-1)
  if (before === undefined || after === undefined || before === after) return []
  return after.cpuMs - before.cpuMs <= MAX_STOPPED_CPU_MS ? [before.line, after.line] : []
}

/** The node wrote nothing from shortly before that moment to the end of the run. */
export function fellSilent(network: Network, run: NodeRun, atMs: number): boolean {
  const { lastLineAtMs, dumpRequestedAtMs } = run
  const isUnanswered = run.dumpRequested && run.dump === undefined && (lastLineAtMs ?? 0) < (dumpRequestedAtMs ?? 0)
  return (lastLineAtMs ?? 0) <= atMs && (isUnanswered || network.nowMs - atMs >= MIN_SILENCE_MS)
}

/** A node has something to say more often than this. */
const MIN_SILENCE_MS = 2_000

/** Lines that show that a node was stopped around a moment: it used no processor time, or wrote nothing more. */
export function whyGone(network: Network, run: NodeRun, atMs: number): Cause | undefined {
  const idle = idleUsages(run, atMs - MIN_SILENCE_MS)
  if (idle.length > 0) return { code: 'hung', confidence: 'shown', evidence: shown(...idle) }
  if (saidNothing(network, run)) return { code: 'silent', confidence: 'likely', evidence: shown(run.lines.ready) }
  if (!fellSilent(network, run, atMs)) return undefined
  const { last, dumpRequested } = run.lines
  const isAsked = run.dumpRequested && run.dump === undefined
  return isAsked
    ? { code: 'hung', confidence: 'shown', evidence: shown(last, dumpRequested) }
    : { code: 'silent', confidence: 'likely', evidence: shown(last) }
}
