/**
 * Ends the nodes of a harness that was killed. A node that keeps the contract stops when its stdin closes, but any
 * program may be under test, and what a node started may outlive it.
 */
import { startWaitingShell } from './program/waiting-shell.ts'

/** Left to the nodes to end by themselves, in seconds; with it none lives 3 s after its harness. */
const GRACE_SECONDS = 1

const script = `
while read -r line; do groups=$line; done
[ -n "$groups" ] && sleep ${GRACE_SECONDS}
for group in $groups; do kill -KILL "-$group"; done
`

export interface Guardian {
  /** Names the process groups that must not outlive the harness: all of them, each time. */
  guard(processGroups: Iterable<number>): void
  close(): Promise<void>
}

export function startGuardian(): Guardian {
  const shell = startWaitingShell(script)
  return {
    guard: processGroups => shell.write(`${[...processGroups].join(' ')}\n`),
    close: () => shell.end('\n')
  }
}
