/**
 * Ends the nodes of a harness that was killed. A node that keeps the contract stops when its stdin closes, but any
 * program may be under test, and what a node started may outlive it.
 *
 * The guardian is a shell, not another Node: it starts in a millisecond and weighs a megabyte. Its stdin closes whenever
 * the harness ends, for whatever reason; then it kills the process groups that were named last.
 */
import { execa } from 'execa'

/** Left to the nodes to end by themselves, in seconds; with it none lives 3 s after its harness. */
const GRACE_SECONDS = 1

const script = `
trap '' HUP INT TERM
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
  const shell = execa('/bin/sh', ['-c', script], {
    // A session of its own: Ctrl-C in the terminal must not end it before the nodes.
    detached: true,
    stdin: 'pipe',
    stdout: 'ignore',
    stderr: 'ignore',
    reject: false
  })
  // A guardian that is gone protects nobody, but breaks nothing either.
  shell.stdin.on('error', () => {})
  return {
    guard: processGroups => {
      shell.stdin.write(`${[...processGroups].join(' ')}\n`)
    },
    close: async () => {
      shell.stdin.end('\n')
      await shell
    }
  }
}
