/** Signals that end a run early, with the exit code that a shell expects of each. */
const exitCodes = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 } as const

export interface Interrupts {
  /** Aborted by the first signal. */
  readonly signal: AbortSignal
  /** That of the first signal. */
  exitCode(): number | undefined
  /** Signals do what they did before. */
  release(): void
}

/** The first signal asks for an orderly end. The second one ends the harness at once, and the guardian ends its nodes. */
export function catchInterrupts(): Interrupts {
  const abort = new AbortController()
  let exitCode: number | undefined
  const onSignal = (signal: NodeJS.Signals) => {
    const code = exitCodes[signal as keyof typeof exitCodes]
    if (exitCode !== undefined) process.exit(code)
    exitCode = code
    abort.abort()
  }
  for (const signal of Object.keys(exitCodes)) process.on(signal, onSignal)
  return {
    signal: abort.signal,
    exitCode: () => exitCode,
    release: () => {
      for (const signal of Object.keys(exitCodes)) process.off(signal, onSignal)
    }
  }
}
