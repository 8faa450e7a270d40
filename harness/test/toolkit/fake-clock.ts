import type { Clock } from '../../src/history/clock.ts'

/** More turns than any test needs: what goes on for ever fails. */
const MAX_TURNS = 200_000

/** Time that passes only while nothing else is left to do. */
export class FakeClock implements Clock {
  #nowMs = 0
  readonly #timers = new Set<{ atMs: number; call: () => void }>()
  #soon: (() => void)[] = []

  nowMs(): number {
    return this.#nowMs
  }

  after(ms: number, call: () => void): () => void {
    const timer = { atMs: this.#nowMs + Math.max(0, ms), call }
    this.#timers.add(timer)
    return () => void this.#timers.delete(timer)
  }

  soon(call: () => void): void {
    this.#soon.push(call)
  }

  wait(ms: number): Promise<void> {
    return new Promise(resolve => this.after(ms, resolve))
  }

  /**
   * Lets time pass until the promise settles.
   *
   * @throws {Error} when nothing is left that could settle it
   */
  async run<T>(promise: Promise<T>): Promise<T> {
    let isSettled = false
    const settle = () => {
      isSettled = true
    }
    promise.then(settle, settle)
    await this.#pass(() => isSettled)
    if (!isSettled) throw new Error(`nothing is left to wait for after ${this.#nowMs} ms`)
    return await promise
  }

  /** Lets time pass until nothing is left that waits for it. */
  async runOut(): Promise<void> {
    await this.#pass(() => false)
  }

  async #pass(isOver: () => boolean): Promise<void> {
    for (let turns = 0; turns < MAX_TURNS; turns++) {
      await new Promise(resolve => setImmediate(resolve))
      if (isOver()) return
      const soon = this.#soon.splice(0)
      for (const call of soon) call()
      if (soon.length === 0 && !this.#next()) return
    }
    throw new Error(`still busy after ${MAX_TURNS} turns`)
  }

  #next(): boolean {
    const next = [...this.#timers].reduce<{ atMs: number; call: () => void } | undefined>(
      (first, timer) => (first === undefined || timer.atMs < first.atMs ? timer : first),
      undefined
    )
    if (next === undefined) return false
    this.#timers.delete(next)
    this.#nowMs = next.atMs
    next.call()
    return true
  }
}
