import { spawnSync } from 'node:child_process'
import { setTimeout as delay } from 'node:timers/promises'

/** A zombie, which only waits for its parent to look, counts as gone. */
export function isAlive(pid: number): boolean {
  const { stdout } = spawnSync('ps', ['-o', 'stat=', '-p', String(pid)], { encoding: 'utf8' })
  return stdout.trim() !== '' && !stdout.startsWith('Z')
}

/** Whether all of them are gone within `timeoutMs`. */
export async function goneWithin(pids: number[], timeoutMs: number): Promise<boolean> {
  const deadlineMs = performance.now() + timeoutMs
  while (pids.some(isAlive)) {
    if (performance.now() > deadlineMs) return false
    await delay(20)
  }
  return true
}
