/** The channel to one pod: what it is told and what it tells arrives once and in order, over however many connections. */
import type { PodCommand, Report } from './frames.ts'

/** A command as it goes to the pod. */
export type NumberedCommand = PodCommand & { readonly seq: number }

/** What goes to the pod; lost while there is no connection. */
export type SendToPod = (frame: NumberedCommand | { type: 'hello' | 'ack'; got: number }) => void

export interface PodLinkOptions {
  readonly send: SendToPod
  /** The next report is handed over when this has settled. Never rejects. */
  readonly handle: (report: Report) => Promise<void>
}

export class PodLink {
  readonly #options: PodLinkOptions
  /** BOUNDED by what the harness asks of a pod that does not answer. */
  #unconfirmed: NumberedCommand[] = []
  #lastSeq = 0
  /** The last report that was taken in; it may still be handled. */
  #taken = 0
  #handling: Promise<void> = Promise.resolve()

  constructor(options: PodLinkOptions) {
    this.#options = options
  }

  tell(command: PodCommand): void {
    this.#lastSeq += 1
    const numbered = { ...command, seq: this.#lastSeq }
    this.#unconfirmed.push(numbered)
    this.#options.send(numbered)
  }

  /** The pod has begun a connection, and has carried out everything up to `got`. */
  resume(got: number): void {
    this.confirm(got)
    // What was taken in and is still being handled need not be sent again.
    this.#options.send({ type: 'hello', got: this.#taken })
    for (const command of this.#unconfirmed) this.#options.send(command)
  }

  confirm(got: number): void {
    this.#unconfirmed = this.#unconfirmed.filter(({ seq }) => seq > got)
  }

  /** Once more, if a former connection has brought it already; too early, if one before it got lost: it comes again. */
  take(report: Report): void {
    if (report.seq !== this.#taken + 1) return
    this.#taken = report.seq
    this.#handling = this.#handling.then(async () => {
      await this.#options.handle(report)
      this.#options.send({ type: 'ack', got: report.seq })
    })
  }
}
