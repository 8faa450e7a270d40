/**
 * Removes what is left on the engine of a harness that was killed. A program on this host, and not a container with the
 * engine's socket: it works with every engine that the harness can reach, and no image has to be pulled.
 *
 * It is a shell that waits for its stdin to close, and only then becomes `test-network clean`.
 */
import { extname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { startWaitingShell } from '../../program/waiting-shell.ts'

export interface Reaper {
  /** Everything has been removed. */
  dismiss(): Promise<void>
  /** Something could not be removed: the reaper tries to. */
  reap(): void
}

const script = `
while read -r line; do [ "$line" = done ] && exit; done
exec "$@"
`

export function startReaper(runId: string): Reaper {
  const cliPath = fileURLToPath(new URL(`../../../cli/bin${extname(import.meta.filename)}`, import.meta.url))
  const shell = startWaitingShell(script, [process.execPath, cliPath, 'clean', '--run', runId])
  return {
    dismiss: () => shell.end('done\n'),
    reap: () => shell.forget()
  }
}
