/** How a node is brought to its end, whatever it runs in. */
import { setTimeout as delay } from 'node:timers/promises'
import type { NodeHandle } from './runner.ts'

/** Waited for after `stop` and after SIGTERM; with the last one below STOP_WITHIN_MS. */
const GRACE_MS = 800

/** Waited for after SIGKILL, until the system has carried it out and told of it. */
const LAST_GRACE_MS = 1_300

/**
 * Asks, insists, kills. Never rejects.
 *
 * @param lastGraceMs - for a system that tells late of what has ended
 */
export async function stopNode(
  node: Pick<NodeHandle, 'ended' | 'send' | 'disconnect' | 'signal'>,
  lastGraceMs = LAST_GRACE_MS
): Promise<void> {
  node.send({ type: 'stop' })
  node.disconnect()
  await insist(node, GRACE_MS, lastGraceMs)
}

/** Of what was asked to end: a signal after each grace, the last of which nothing outlives. Never rejects. */
export async function insist(
  process: Pick<NodeHandle, 'ended' | 'signal'>,
  graceMs = GRACE_MS,
  lastGraceMs = LAST_GRACE_MS
): Promise<void> {
  for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
    if (await endsWithin(graceMs, process.ended)) return
    process.signal(signal)
  }
  await endsWithin(lastGraceMs, process.ended)
}

async function endsWithin(graceMs: number, ended: Promise<void>): Promise<boolean> {
  const timeout = new AbortController()
  const late = delay(graceMs, false, { signal: timeout.signal }).catch(() => false)
  const inTime = await Promise.race([ended.then(() => true), late])
  timeout.abort()
  return inTime
}
