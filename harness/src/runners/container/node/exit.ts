/** How a container ended, and when, as far as its engine knows. */
import { constants } from 'node:os'
import type { NodeExit } from '../../output/output.ts'
import { type Container, type Docker, reasonOf } from '../engine.ts'

/** How far the clock of the engine is ahead of that of this host, in ms; undefined if the engine does not tell its time. */
export async function measureClock(docker: Docker): Promise<number | undefined> {
  const askedAtMs = Date.now()
  const { SystemTime } = (await docker.info()) as { SystemTime?: string }
  const tookMs = Date.now() - askedAtMs
  const aheadMs = Date.parse(SystemTime ?? '') - (askedAtMs + tookMs / 2)
  if (Number.isNaN(aheadMs)) return undefined
  // It may have looked at its clock at any moment of that time.
  return Math.abs(aheadMs) <= tookMs ? 0 : aheadMs
}

/**
 * Resolves when the container has ended. An engine tells that late when many end at once, and keeps the time at which it was.
 * `lost`: why the engine does not know how it ended.
 *
 * @param clockAheadMs - of the engine's clock
 */
export async function awaitExit(
  container: Container,
  clockAheadMs: number | undefined
): Promise<NodeExit & { lost?: string }> {
  try {
    const { StatusCode } = (await container.wait()) as { StatusCode: number }
    const state = await container.inspect().then(
      ({ State }) => State,
      () => undefined
    )
    const remark = state?.OOMKilled ? { remark: '[killed: it needed more memory than it may have]' } : {}
    return { ...codeOrSignal(StatusCode), ...endOf(state?.FinishedAt, clockAheadMs), ...remark }
  } catch (error) {
    const lost = `the container engine lost it: ${reasonOf(error)}`
    return { code: null, signal: null, remark: `[${lost}]`, lost }
  }
}

/** Engines add 128 to the number of the signal that ended a container. */
function codeOrSignal(status: number): Pick<NodeExit, 'code' | 'signal'> {
  const signal = Object.entries(constants.signals).find(([, number]) => number === status - 128)?.[0]
  return signal === undefined ? { code: status, signal: null } : { code: null, signal }
}

/** @param finishedAt - as `2026-01-01T00:00:00.123456789Z`, by the engine's clock */
function endOf(finishedAt = '', clockAheadMs = Number.NaN): Pick<NodeExit, 'endedAtMs'> {
  const agoMs = Date.now() + clockAheadMs - Date.parse(finishedAt)
  return agoMs > 0 ? { endedAtMs: performance.now() - agoMs } : {}
}
