/** A simulated network at rest, in which one node speaks. */
import type { Test } from 'tap'
import type { NodeProcess } from '../../src/simulation/host/node-process.ts'
import { Simulation } from '../../src/simulation/simulation.ts'
import { name, planOf } from './plans.ts'

/** For the figure, 1,000. */
const NODES = Number(process.env.NEWEST_WORD_NODES ?? 60)

const QUIET_MS = 20_000
const LAST_WORD_MS = 1_000
const SUBJECT = 7

export class Sayings {
  readonly #simulation = new Simulation({
    plan: planOf({ nodes: NODES, deadlineMs: QUIET_MS + 30_000, lastsMs: QUIET_MS + 20_000 })
  })

  get subject(): NodeProcess {
    return this.#simulation.world.machines[SUBJECT]!.process!
  }

  after(delayMs: number, act: () => void): void {
    this.#simulation.world.queue.at(QUIET_MS + delayMs, act)
  }

  every(intervalMs: number, times: number, act: (n: number) => void): void {
    for (let n = 0; n < times; n++) this.after(n * intervalMs, () => act(n))
  }

  update(label: string): void {
    this.subject.driver.handle({ type: 'content-changed', content: { name: label } })
  }

  restart(how: 'kill' | 'leave'): void {
    const { nodes } = this.#simulation
    // It does not wait until its farewell is heard.
    if (how === 'leave') this.subject.driver.handle({ type: 'leave' })
    nodes.end(name(SUBJECT), 'kill')
    nodes.start(name(SUBJECT))
  }

  /** @param lastMs - when the last word was said, after the network was at rest */
  judge(t: Test, lastMs: number, label: string | undefined): void {
    let sinceMs = Number.POSITIVE_INFINITY
    for (let passedMs = 0; passedMs <= 15_000; passedMs += 10) {
      this.after(lastMs + passedMs, () => {
        if (!this.#isListedAs(label)) sinceMs = Number.POSITIVE_INFINITY
        else sinceMs = Math.min(sinceMs, passedMs)
      })
    }
    this.#simulation.run()
    t.ok(sinceMs <= LAST_WORD_MS, `${sinceMs} ms`)
    t.comment(`${NODES} nodes: ${sinceMs} ms`)
  }

  #isListedAs(label: string | undefined): boolean {
    const { machines } = this.#simulation.world
    const { peer } = machines[SUBJECT]!
    return machines.every(({ index, process }) => {
      const listed = process?.driver.core.book.get(peer)
      return index === SUBJECT || listed?.record.announcement.name === label
    })
  }
}
