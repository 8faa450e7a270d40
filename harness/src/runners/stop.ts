/** How a node is brought to its end, whatever it runs in. */
import { setTimeout as delay } from 'node:timers/promises'
import type { NodeHandle } from './runner.ts'

/** Waited for after `stop`, and again after SIGTERM and SIGKILL; in all below STOP_WITHIN_MS. */
const GRACE_MS = 800

/** Asks, insists, kills. Never rejects. */
export async function stopNode(node: Pick<NodeHandle, 'ended' | 'send' | 'disconnect' | 'signal'>): Promise<void> {
  node.send({ type: 'stop' })
  node.disconnect()
  for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
    if (await endsWithinGrace(node.ended)) return
    node.signal(signal)
  }
  await endsWithinGrace(node.ended)
}

async function endsWithinGrace(ended: Promise<void>): Promise<boolean> {
  const timeout = new AbortController()
  const late = delay(GRACE_MS, false, { signal: timeout.signal }).catch(() => false)
  const inTime = await Promise.race([ended.then(() => true), late])
  timeout.abort()
  return inTime
}
