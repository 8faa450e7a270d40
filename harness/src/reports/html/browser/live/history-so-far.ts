/** The history of a run that goes on, as it arrives, and what follows from it so far. */
import type { HistoryEvent } from '../../../../history/history.ts'
import { createNetwork, observe } from '../../../../history/network.ts'
import { judgementOf, lastingFindings } from '../../../../judge/judge.ts'
import type { Judgement } from '../../../../judge/judgement.ts'
import type { Judged } from '../../../judged.ts'
import { Happenings } from '../../../live/happenings.ts'
import type { RunSoFar } from '../../../live/run-so-far.ts'

export class HistorySoFar {
  readonly #history: HistoryEvent[] = []
  readonly #network = createNetwork()
  readonly #happenings = new Happenings()

  /** Of the events so far. */
  get length(): number {
    return this.#history.length
  }

  get hasBegun(): boolean {
    return this.#network.started !== undefined
  }

  add(events: readonly HistoryEvent[]): void {
    for (const event of events) {
      this.#history.push(event)
      observe(this.#network, event)
      this.#happenings.note(event, this.#network)
    }
  }

  soFar(time: Pick<RunSoFar, 'nowMs' | 'speed'>): RunSoFar {
    return { network: this.#network, happenings: this.#happenings, ...time }
  }

  /** The judge's findings are only those that nothing can undo; whether the run passes is not known. */
  judgedSoFar(): Judged {
    const findings = lastingFindings(this.#network)
    return this.judged({ ...judgementOf(this.#network), outcome: 'unknown', findings })
  }

  judged(judgement: Judgement): Judged {
    return { history: this.#history, network: this.#network, judgement }
  }
}
