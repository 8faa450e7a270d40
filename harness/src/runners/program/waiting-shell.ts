/**
 * A shell that outlives the harness: its stdin closes whenever the harness ends, for whatever reason. Not another Node: it
 * starts in a millisecond and weighs a megabyte.
 */
import { execa } from 'execa'

export interface WaitingShell {
  write(line: string): void
  /** Writes the last line, and waits for the shell to end. */
  end(line: string): Promise<void>
  /** Closes its stdin, and does not wait. */
  forget(): void
}

/** @param args `$1` and so on of the script */
export function startWaitingShell(script: string, args: readonly string[] = []): WaitingShell {
  const shell = execa('/bin/sh', ['-c', `trap '' HUP INT TERM\n${script}`, 'sh', ...args], {
    // A session of its own: Ctrl-C in the terminal must not end it before the nodes.
    detached: true,
    stdin: 'pipe',
    stdout: 'ignore',
    stderr: 'ignore',
    reject: false
  })
  // A shell that is gone protects nobody, but breaks nothing either.
  shell.stdin.on('error', () => {})
  return {
    write: line => {
      shell.stdin.write(line)
    },
    end: async line => {
      shell.stdin.end(line)
      await shell
    },
    forget: () => {
      shell.stdin.end()
      shell.nodeChildProcess.unref()
    }
  }
}
