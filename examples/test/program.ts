/** An example that runs as its users run it: a process of its own, read line by line. */
import { type ChildProcess, spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { stripVTControlCharacters } from 'node:util'
import type { Test } from 'tap'
import { settled, until } from '../../scripts/tests/until.ts'

export class Program {
  readonly #process: ChildProcess
  readonly #exited: Promise<number | null>
  #stdout = ''
  #stderr = ''
  /** All that the program wrote has been read. */
  #isClosed = false

  /** @param t - ends the program when it is torn down: a test, or something else that measures */
  constructor(t: Pick<Test, 'teardown'>, file: string, ...args: string[]) {
    const path = fileURLToPath(new URL(`../${file}`, import.meta.url))
    this.#process = spawn(process.execPath, ['--conditions=@gossip/source', path, ...args], { stdio: 'pipe' })
    this.#process.stdout!.on('data', data => {
      this.#stdout += stripVTControlCharacters(String(data))
    })
    this.#process.stderr!.on('data', data => {
      this.#stderr += stripVTControlCharacters(String(data))
    })
    this.#exited = new Promise(resolve => {
      this.#process.once('close', code => {
        this.#isClosed = true
        resolve(code)
      })
    })
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
   * @throws {Error} with the whole output, when it does not come in time or the program ends without it
   */
  async says(pattern: RegExp): Promise<RegExpExecArray> {
    const seen = () => `no ${pattern} in:\n${this.#stdout}\n${this.#stderr}`
    await until(() => {
      if (pattern.test(this.#stdout)) return true
      if (this.#isClosed) throw new Error(`the program has ended: ${seen()}`)
      return false
    }, seen)
    return pattern.exec(this.#stdout)!
  }

  signal(signal: NodeJS.Signals): void {
    this.#process.kill(signal)
  }

  /** The exit code, or null when a signal ended it. */
  async exitCode(): Promise<number | null> {
    return await settled(this.#exited, () => `still running:\n${this.#stdout}\n${this.#stderr}`)
  }
}
