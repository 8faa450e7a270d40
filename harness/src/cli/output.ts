/** What is printed, and whether it arrived. */
import { setImmediate as nextTurn } from 'node:timers/promises'

export interface WatchedOutput {
  /** Why some of it was lost so far, as on a full disk; undefined if all of it arrived, or its reader wants no more. */
  lost(): Promise<string | undefined>
}

/** From here on a stream that takes nothing more does not end the program, so that nodes are stopped and reports written. */
export function watchOutput(stdout: NodeJS.WriteStream, stderr: NodeJS.WriteStream): WatchedOutput {
  let why: string | undefined
  stderr.on('error', () => {})
  stdout.on('error', (error: NodeJS.ErrnoException) => {
    // The reader went away, as `| head` does.
    if (error.code !== 'EPIPE') why ??= error.message
  })
  return {
    async lost() {
      await new Promise<void>(resolve => stdout.write('', () => resolve()))
      // The error is told after the write.
      await nextTurn()
      return why
    }
  }
}
