import { spawnSync } from 'node:child_process'
import { until } from '../../../scripts/tests/until.ts'

/** A zombie, which only waits for its parent to look, counts as gone. */
export function isAlive(pid: number): boolean {
  const { stdout } = spawnSync('ps', ['-o', 'stat=', '-p', String(pid)], { encoding: 'utf8' })
  return stdout.trim() !== '' && !stdout.startsWith('Z')
}

/**
 * Resolves when all of them are gone.
 *
 * @throws {Error} with those that live on
 */
export async function untilGone(pids: readonly number[]): Promise<void> {
  await until(
    () => !pids.some(isAlive),
    () => pids.filter(isAlive)
  )
}
