/**
 * Heals and removes what is left of a harness that was killed. It is a shell that waits for its stdin to close, and only then
 * becomes `test-network clean`. Where it dies as well, the collector ends for want of a harness, and the cluster removes all.
 */
import { extname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { startWaitingShell } from '../../program/waiting-shell.ts'
import type { Cluster } from '../cluster/cluster.ts'

export interface ClusterReaper {
  /** These machines are cut off, and no others. */
  noteCut(machines: readonly string[]): void
  /** Everything has been removed. */
  dismiss(): Promise<void>
  /** Something could not be removed: the reaper tries to. */
  reap(): void
}

/** `$1` heals the machine that MACHINE names; the others are the command that removes everything. */
const script = `
while read -r word machines; do
  case $word in
    done) exit ;;
    cut) cut=$machines ;;
  esac
done
for machine in $cut; do MACHINE=$machine /bin/sh -c "$1"; done
shift
exec "$@"
`

export function startClusterReaper(
  runId: string,
  { context, namespace }: Cluster,
  healCommand: string | undefined
): ClusterReaper {
  const cliPath = fileURLToPath(new URL(`../../../cli/bin${extname(import.meta.filename)}`, import.meta.url))
  const where = ['--runner', 'kubernetes', '--context', context, '--namespace', namespace]
  const shell = startWaitingShell(script, [
    healCommand ?? '',
    process.execPath,
    cliPath,
    'clean',
    '--run',
    runId,
    ...where
  ])
  return {
    noteCut: machines => shell.write(`cut ${machines.join(' ')}\n`),
    dismiss: () => shell.end('done\n'),
    reap: () => shell.forget()
  }
}
