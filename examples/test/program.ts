/** An example that runs as its users run it: a process of its own, read line by line. */
import { type ChildProcess, spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { stripVTControlCharacters } from 'node:util'
import type { Test } from 'tap'

/** Longer than anything here takes on a starved machine: it turns a test red, and decides nothing else. */
const PATIENCE_MS = 20_000

export class Program {
  readonly #process: ChildProcess
  readonly #exited: Promise<number | null>
  #stdout = ''
  #stderr = ''

  constructor(t: Test, file: string, ...args: string[]) {
    const path = fileURLToPath(new URL(`../${file}`, import.meta.url))
    this.#process = spawn(process.execPath, ['--conditions=@gossip/source', path, ...args], { stdio: 'pipe' })
    this.#process.stdout!.on('data', data => {
      this.#stdout += stripVTControlCharacters(String(data))
    })
    this.#process.stderr!.on('data', data => {
      this.#stderr += stripVTControlCharacters(String(data))
    })
    this.#exited = new Promise(resolve => this.#process.once('close', resolve))
    t.teardown(() => this.#process.kill('SIGKILL'))
  }

  get stdout(): string {
    return this.#stdout
  }

  get stderr(): string {
    return this.#stderr
  }

  /**
   * Resolves to the match once the output has it.
   *
   * @throws {Error} with the whole output when it does not come in time
   */
  async says(pattern: RegExp): Promise<RegExpExecArray> {
    const deadlineMs = performance.now() + PATIENCE_MS
    while (performance.now() < deadlineMs) {
      const match = pattern.exec(this.#stdout)
      if (match !== null) return match
      await new Promise(resolve => setTimeout(resolve, 10))
    }
    throw new Error(`${pattern} is not in:\n${this.#stdout}\n${this.#stderr}`)
  }

  signal(signal: NodeJS.Signals): void {
    this.#process.kill(signal)
  }

  /** The exit code, or null when a signal ended it. */
  async exitCode(): Promise<number | null> {
    return await this.#exited
  }
}
