/**
 * Ends the nodes of a harness that was killed. A node that keeps the contract stops when its stdin closes, but any
 * program may be under test, and what a node started may outlive it, or be stopped by a fault that nobody undoes.
 */
import { startWaitingShell } from './program/waiting-shell.ts'

/** Left to the nodes to end by themselves, in seconds; with it none lives 3 s after its harness. */
const GRACE_SECONDS = 1

/** `$1` is what the environment of every process of the run holds: it finds those that left the process group of their node. */
const script = `
while read -r line; do
  [ "$line" = closed ] && exit
  groups=$line
done
sleep ${GRACE_SECONDS}
for group in $groups; do kill -KILL "-$group"; done
for attempt in 1 2 3 4 5; do
  marked=$(grep -lF -e "$1" /proc/[0-9]*/environ)
  [ -z "$marked" ] && exit
  for environ in $marked; do pid=\${environ#/proc/}; kill -KILL "\${pid%/environ}"; done
  sleep 0.1
done
`

export interface Guardian {
  /** Names the process groups that must not outlive the harness: all of them, each time. */
  guard(processGroups: Iterable<number>): void
  close(): Promise<void>
}

/** @param mark - part of an entry of the environment that all processes of the run have, and no others */
export function startGuardian(mark: string): Guardian {
  const shell = startWaitingShell(script, [mark])
  return {
    guard: processGroups => shell.write(`${[...processGroups].join(' ')}\n`),
    close: () => shell.end('closed\n')
  }
}
