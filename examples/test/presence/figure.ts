/** Figures that must hold on an idle machine, and proportionally on a busy one. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import type { Test } from 'tap'

/** What an empty program takes on an idle machine. */
const IDLE_SPAWN_MS = 40

/** Programs at once: as many as tabs want the processor. */
const SPAWNS = 3

/**
 * Runs the step, and asserts that it took at most this long: longer on a machine that is busy before it or after it.
 *
 * @param what - of the figure, as in `a tab that is closed is gone`
 */
export async function takesAtMost(t: Test, what: string, boundMs: number, step: () => Promise<void>): Promise<void> {
  const slownessBefore = await slowness()
  const beganAtMs = performance.now()
  await step()
  const tookMs = Math.round(performance.now() - beganAtMs)
  const factor = Math.max(1, slownessBefore, await slowness())
  const scale = factor > 1 ? `, on a machine that is ${factor.toFixed(1)} times slower than an idle one` : ''
  t.ok(tookMs <= boundMs * factor, `${what} after ${tookMs} ms, of ${boundMs} ms${scale}`)
}

/** How many times slower than an idle machine this one is at the moment. */
async function slowness(): Promise<number> {
  const beganAtMs = performance.now()
  await Promise.all(
    Array.from({ length: SPAWNS }, async () => await once(spawn(process.execPath, ['--eval', '']), 'close'))
  )
  return (performance.now() - beganAtMs) / (SPAWNS * IDLE_SPAWN_MS)
}
