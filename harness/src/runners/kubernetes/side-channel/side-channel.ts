/** The connection to the collector of a run, and over it the channels to all pods. */
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import type { Duplex } from 'node:stream'
import { setTimeout as delay } from 'node:timers/promises'
import { type ClockReading, joined, MeasuredClock, readingOf } from './clocks.ts'
import { type ChannelFrame, isReport, parseFrame } from './frames.ts'

const PING_EVERY_MS = 1_000
/** A connection on which nothing comes for so long is given up. */
const SILENCE_MS = 5_000
const RETRY_AFTER_MS = 250
/** When there was no connection for so long, the run has lost its nodes. */
const LOST_AFTER_MS = 30_000

export interface SideChannelOptions {
  /** Opens a connection to the collector. @throws {Error} with the reason */
  readonly open: () => Promise<Duplex>
  readonly token: string
  /** A frame of a pod: all but its clock. */
  readonly onFrame: (frame: Exclude<ChannelFrame, { type: 'clock' | 'pong' }>) => void
  /** There is no collector any more; called once. */
  readonly onLost: (why: string) => void
}

/** The clock of a pod, by that of this process. */
export interface PodClock {
  /** Of the agent's clock, against `performance.now()`. */
  readonly agent: ClockReading
  /** What the wall clock of the machine shows when the agent's clock shows 0, in ms since 1970. */
  readonly wallMs: number
}

export class SideChannel {
  readonly #options: SideChannelOptions
  readonly #collectorClock = new MeasuredClock()
  readonly #podClocks = new Map<string, { clock: MeasuredClock; wallMs: number }>()
  readonly #heardAtMs = new Map<string, number>()
  readonly #dials = new Map<number, (answer: DialAnswer) => void>()
  #lastDial = 0
  #stream: Duplex | undefined
  #lastHeardAtMs = 0
  /** Why there is no connection. */
  #why = 'the connection breaks'
  #isClosed = false

  constructor(options: SideChannelOptions) {
    this.#options = options
  }

  /**
   * Connects, and again whenever the connection breaks. Resolves when the collector has answered.
   *
   * @throws {Error} if it does not in time
   */
  async start(withinMs: number): Promise<void> {
    const untilMs = performance.now() + withinMs
    // A collector that was never heard is not lost before its time is up.
    this.#lastHeardAtMs = untilMs
    void this.#keepConnected()
    while (this.#collectorClock.reading === undefined) {
      if (performance.now() > untilMs) throw new Error(`the collector does not answer: ${this.#why}`)
      await delay(RETRY_AFTER_MS / 5)
    }
  }

  /** Lost while there is no connection. */
  send(frame: object): void {
    if (this.#stream?.writable) this.#stream.write(`${JSON.stringify(frame)}\n`)
  }

  /** Undefined until it was measured. */
  clockOf(pod: string): PodClock | undefined {
    const found = this.#podClocks.get(pod)
    const [first, second] = [found?.clock.reading, this.#collectorClock.reading]
    if (found === undefined || first === undefined || second === undefined) return undefined
    return { agent: joined(first, second), wallMs: found.wallMs }
  }

  /** When anything came from the collector for the last time, by `performance.now()`. */
  get lastHeardAtMs(): number {
    return this.#lastHeardAtMs
  }

  /** When anything came from the pod for the last time, by `performance.now()`. */
  heardAtMs(pod: string): number | undefined {
    return this.#heardAtMs.get(pod)
  }

  /** Whether somebody listens there, asked by the collector. Undefined if it does not answer in time. */
  async dial(host: string, withinMs: number): Promise<DialAnswer | undefined> {
    const id = ++this.#lastDial
    const answered = new Promise<DialAnswer>(resolve => this.#dials.set(id, resolve))
    this.send({ type: 'dial', id, host })
    const answer = await Promise.race([answered, delay(withinMs, undefined, { ref: false })])
    this.#dials.delete(id)
    return answer
  }

  close(): void {
    this.#isClosed = true
    this.#stream?.destroy()
  }

  async #keepConnected(): Promise<void> {
    while (!this.#isClosed) {
      if (performance.now() - this.#lastHeardAtMs > LOST_AFTER_MS) {
        this.#isClosed = true
        this.#options.onLost(this.#why)
        return
      }
      try {
        await this.#use(await this.#options.open())
      } catch (error) {
        this.#why = (error as Error).message
      }
      await delay(RETRY_AFTER_MS)
    }
  }

  /** Until the connection is over. */
  async #use(stream: Duplex): Promise<void> {
    if (this.#isClosed) return void stream.destroy()
    this.#stream = stream
    stream.on('error', () => {})
    const closed = once(stream, 'close').catch(() => {})
    let heardMs = performance.now()
    this.send({ type: 'hello', token: this.#options.token })
    const ping = () => {
      if (performance.now() - heardMs > SILENCE_MS) stream.destroy()
      else this.send({ type: 'ping', atMs: performance.now() })
    }
    ping()
    const timer = setInterval(ping, PING_EVERY_MS)
    const lines = createInterface({ input: stream, crlfDelay: Number.POSITIVE_INFINITY })
    lines.on('error', () => {})
    lines.on('line', line => {
      heardMs = performance.now()
      this.#lastHeardAtMs = heardMs
      const frame = parseFrame(line)
      if (frame !== undefined) this.#take(frame, heardMs)
    })
    await closed
    clearInterval(timer)
    lines.close()
    this.#stream = undefined
  }

  #take(frame: ChannelFrame, nowMs: number): void {
    if ('pod' in frame && frame.type !== 'lost') this.#heardAtMs.set(frame.pod, nowMs)
    if (frame.type === 'pong') this.#collectorClock.add(readingOf(frame.askedAtMs, frame.atMs, nowMs), nowMs)
    else if (frame.type === 'clock') this.#readClock(frame, nowMs)
    else if (frame.type === 'dialed' && !isReport(frame)) this.#dials.get(frame.id)?.(frame)
    else this.#options.onFrame(frame)
  }

  #readClock({ pod, aheadMs, withinMs, wallMs }: Extract<ChannelFrame, { type: 'clock' }>, nowMs: number): void {
    const { clock } = this.#podClocks.get(pod) ?? { clock: new MeasuredClock() }
    clock.add({ aheadMs, withinMs }, nowMs)
    this.#podClocks.set(pod, { clock, wallMs })
  }
}

export interface DialAnswer {
  readonly result: string
  readonly why: string
}
