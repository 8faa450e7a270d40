/** Mutants against the tests, the nearest first. */
import { type Campaign, nearTests } from './campaigns.ts'
import type { Mutant } from './mutant.ts'
import type { Workers } from './worker/workers.ts'

export interface Tried {
  readonly mutant: Mutant
  /** What killed it: a failed test, or one that went on for ever; undefined of a survivor. */
  readonly killed: { readonly by: string; readonly how: 'failed' | 'timed out' } | undefined
  /** The tests that ran its code, and that it survived. */
  readonly survived: readonly string[]
}

/** As many times as long as without a mutant may a test file take, and this much longer: the host has other work, too. */
const MAX_SLOWDOWN = 5
const GRACE_MS = 20_000
const NO_LIMIT = Number.POSITIVE_INFINITY

export class Trial {
  readonly #workers: Workers
  readonly #campaign: Campaign
  readonly #isNearOnly: boolean
  /** The ids of the mutants that a test file runs. */
  readonly #coveredBy = new Map<string, ReadonlySet<string>>()
  #coveredAtLoad = new Set<string>()
  readonly #cleanMs = new Map<string, number>()

  /** @param isNearOnly - only the tests of the room of the mutant are run */
  constructor(workers: Workers, campaign: Campaign, isNearOnly: boolean) {
    this.#workers = workers
    this.#campaign = campaign
    this.#isNearOnly = isNearOnly
  }

  /**
   * Runs the tests without a mutant: how long do they take, and which mutants do they run?
   *
   * @throws {Error} when one fails: then it says nothing of mutants
   */
  async prepare(tests: readonly string[]): Promise<void> {
    for (const test of tests.filter(test => !this.#campaign.last.includes(test))) {
      const answer = await this.#timed(test, () => this.#workers.carryOut({ test, mutant: undefined }, NO_LIMIT))
      if (answer?.isPassed !== true) throw new Error(`${test} fails without any mutant: mend it first`)
      this.#coveredBy.set(test, new Set(answer.covered))
      this.#coveredAtLoad = new Set([...this.#coveredAtLoad, ...answer.coveredAtLoad])
    }
  }

  /** @param id - of the mutant in the instrumented code */
  async try(mutant: Mutant, id: string): Promise<Tried> {
    const survived: string[] = []
    for (const test of await this.#testsOf(mutant, id)) {
      const outcome = await this.#outcomeOf(test, id)
      if (outcome !== 'passed') return { mutant, killed: { by: test, how: outcome }, survived }
      survived.push(test)
    }
    return { mutant, killed: undefined, survived }
  }

  async #testsOf(mutant: Mutant, id: string): Promise<string[]> {
    const isCovering = (test: string) => this.#coveredAtLoad.has(id) || this.#coveredBy.get(test)!.has(id)
    const all = [...this.#coveredBy.keys()].filter(isCovering)
    const near = nearTests(this.#campaign, mutant.file, all)
    if (this.#isNearOnly) return near
    const byTime = all.toSorted((a, b) => this.#cleanMs.get(a)! - this.#cleanMs.get(b)!)
    return [...near, ...byTime.filter(test => !near.includes(test)), ...this.#campaign.last]
  }

  async #outcomeOf(test: string, id: string): Promise<'passed' | 'failed' | 'timed out'> {
    const isSlow = this.#campaign.last.includes(test)
    if (isSlow && !this.#cleanMs.has(test)) await this.#runClean(test)
    const limitMs = this.#cleanMs.get(test)! * MAX_SLOWDOWN + GRACE_MS
    if (isSlow || this.#coveredAtLoad.has(id)) return await this.#workers.alone({ test, mutant: id }, limitMs)
    const answer = await this.#workers.carryOut({ test, mutant: id }, limitMs)
    return answer === undefined ? 'timed out' : answer.isPassed ? 'passed' : 'failed'
  }

  async #runClean(test: string): Promise<void> {
    const outcome = await this.#timed(test, () => this.#workers.alone({ test, mutant: undefined }, NO_LIMIT))
    if (outcome !== 'passed') throw new Error(`${test} fails without any mutant: mend it first`)
  }

  async #timed<T>(test: string, run: () => Promise<T>): Promise<T> {
    const fromMs = performance.now()
    const result = await run()
    this.#cleanMs.set(test, performance.now() - fromMs)
    return result
  }
}
