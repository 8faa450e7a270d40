/** Runs test files on the instrumented copy: in a worker that is kept, or in a process of their own. */
import { type ChildProcess, fork, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'

export interface Order {
  readonly test: string
  /** None if undefined. */
  readonly mutant: string | undefined
}

export interface Answer {
  readonly type: 'answer'
  readonly isPassed: boolean
  /** Mutants whose code the tests of the file ran. */
  readonly covered: readonly string[]
  /** Mutants whose code ran when a module was loaded: to try one, modules have to be loaded anew. */
  readonly coveredAtLoad: readonly string[]
}

export type Outcome = 'passed' | 'failed' | 'timed out'

const CONDITIONS = '--conditions=@gossip/source'

interface Running {
  readonly process: ChildProcess
  /** Resolves when the process has ended. */
  readonly end: Promise<undefined>
}

export class Workers {
  readonly #folder: string
  #worker: Running | undefined
  #alone: ChildProcess | undefined

  constructor(folder: string) {
    this.#folder = folder
  }

  /** Undefined if the file did not end in time: the worker is ended, and the next order has another one. */
  async carryOut(order: Order, limitMs: number): Promise<Answer | undefined> {
    const { process: worker, end } = await this.#running()
    worker.send(order)
    const timer = Number.isFinite(limitMs) ? setTimeout(() => worker.kill('SIGKILL'), limitMs) : undefined
    const answer = await Promise.race([messageOf<Answer>(worker, 'answer'), end])
    clearTimeout(timer)
    if (answer === undefined) this.#worker = undefined
    return answer
  }

  /** In a process of its own, up to the first failed assertion. */
  async alone({ test, mutant }: Order, limitMs: number): Promise<Outcome> {
    const env = { ...this.#env(), TAP_BAIL: '1', ...(mutant !== undefined && { __STRYKER_ACTIVE_MUTANT__: mutant }) }
    const child = spawn(process.execPath, [CONDITIONS, test], { cwd: this.#folder, env, stdio: 'ignore' })
    const timer = Number.isFinite(limitMs) ? setTimeout(() => child.kill('SIGKILL'), limitMs) : undefined
    this.#alone = child
    const [code, signal] = await once(child, 'exit')
    clearTimeout(timer)
    return signal === 'SIGKILL' ? 'timed out' : code === 0 ? 'passed' : 'failed'
  }

  /** Ends whatever runs: a mutant may run for ever. */
  end(): void {
    this.#worker?.process.kill('SIGKILL')
    this.#alone?.kill('SIGKILL')
  }

  async #running(): Promise<Running> {
    if (this.#worker !== undefined) return this.#worker
    const worker = fork(join(this.#folder, 'scripts/mutants/worker/worker.ts'), {
      cwd: this.#folder,
      env: this.#env(),
      execArgv: [CONDITIONS],
      stdio: ['ignore', 'ignore', 'ignore', 'ipc']
    })
    this.#worker = { process: worker, end: once(worker, 'exit').then(() => undefined) }
    await messageOf(worker, 'ready')
    return this.#worker
  }

  #env(): NodeJS.ProcessEnv {
    // tap would end a worker after half a minute; a limit of its own ends each run.
    return { ...process.env, SEEDS: '1', TAP_TIMEOUT: '0', NODE_COMPILE_CACHE: join(this.#folder, 'compiled') }
  }
}

/** tap sends messages to a parent, too. */
async function messageOf<T>(worker: ChildProcess, type: string): Promise<T> {
  for (;;) {
    const [message] = await once(worker, 'message')
    if (message.type === type) return message as T
  }
}
