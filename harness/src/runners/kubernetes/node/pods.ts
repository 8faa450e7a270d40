/** The pods of a run, by the slots that its jobs give them: each node has a slot, and a pod that the cluster replaces keeps it. */

import type { ChannelFrame, PodCommand, Report } from '../side-channel/frames.ts'
import { isReport } from '../side-channel/frames.ts'
import { PodLink } from '../side-channel/pod-link.ts'
import type { PodClock, SideChannel } from '../side-channel/side-channel.ts'

/** What a pod tells goes to the node that runs in it. */
export interface ReportTaker {
  /** Never rejects. */
  take(report: Report): Promise<void>
}

/** A pod whose agent has said hello. */
export interface Pod {
  readonly name: string
  /** `<group>-<index>` of its job. */
  readonly slot: string
  readonly machine: string
  /** IP address. */
  readonly address: string
  tell(command: PodCommand): void
}

interface KnownPod extends Pod {
  readonly link: PodLink
  taker: ReportTaker | undefined
}

type Answer = Extract<Report, { type: 'looked' | 'dialed' }>

export class Pods {
  readonly #channel: () => SideChannel
  readonly #bySlot = new Map<string, KnownPod>()
  readonly #byName = new Map<string, KnownPod>()
  readonly #questions = new Map<number, (answer: Answer) => void>()
  #lastQuestion = 0

  /** @param channel - asked for when something is to be sent */
  constructor(channel: () => SideChannel) {
    this.#channel = channel
  }

  get all(): readonly Pod[] {
    return [...this.#bySlot.values()]
  }

  in(slot: string): Pod | undefined {
    return this.#bySlot.get(slot)
  }

  clockOf(pod: Pod): PodClock | undefined {
    return this.#channel().clockOf(pod.name)
  }

  /**
   * For how long nothing has come from it, while the collector was heard.
   *
   * @param sinceMs - by `performance.now()`; what was before does not count
   */
  silentForMs(pod: Pod, sinceMs: number): number {
    return this.#channel().lastHeardAtMs - Math.max(this.heardAtMs(pod), sinceMs)
  }

  /** When anything came from it for the last time, by `performance.now()`. */
  heardAtMs(pod: Pod): number {
    return this.#channel().heardAtMs(pod.name) ?? 0
  }

  /** From now on `taker` gets what the pod tells. */
  assign(pod: Pod, taker: ReportTaker): void {
    const known = this.#byName.get(pod.name)
    if (known !== undefined) known.taker = taker
  }

  /** What the agent of the pod answers; undefined if it does not within the time. */
  async ask(
    pod: Pod,
    question: { type: 'look' } | { type: 'dial'; host: string },
    withinMs: number
  ): Promise<Answer | undefined> {
    const id = ++this.#lastQuestion
    return await new Promise(resolve => {
      const timeout = setTimeout(() => settle(undefined), withinMs)
      const settle = (answer: Answer | undefined) => {
        clearTimeout(timeout)
        this.#questions.delete(id)
        resolve(answer)
      }
      this.#questions.set(id, settle)
      pod.tell({ ...question, id })
    })
  }

  take(frame: Exclude<ChannelFrame, { type: 'clock' | 'pong' }>): void {
    if (frame.type === 'hello') this.#greet(frame)
    const known = 'pod' in frame ? this.#byName.get(frame.pod) : undefined
    if (frame.type === 'ack') known?.link.confirm(frame.got)
    else if (isReport(frame)) known?.link.take(frame)
  }

  #greet(hello: Extract<ChannelFrame, { type: 'hello' }>): void {
    const known = this.#byName.get(hello.pod) ?? this.#meet(hello)
    known.link.resume(hello.got)
  }

  #meet({ pod: name, slot, machine, address }: Extract<ChannelFrame, { type: 'hello' }>): KnownPod {
    const link = new PodLink({
      send: frame => this.#channel().send({ pod: name, ...frame }),
      handle: async report => {
        if (report.type === 'looked' || report.type === 'dialed') this.#questions.get(report.id)?.(report)
        else await known.taker?.take(report)
      }
    })
    const known: KnownPod = {
      name,
      slot,
      machine,
      address,
      link,
      taker: undefined,
      tell: command => link.tell(command)
    }
    this.#byName.set(name, known)
    this.#bySlot.set(slot, known)
    return known
  }
}
