/** Feeds the core and carries out what it decides: signs, publishes, sends, dials, hangs up, and keeps the one timer. */
import type { Logger } from '@libp2p/interface'
import type {
  Announcement,
  DialOutcome,
  DialTarget,
  Discovery,
  Input,
  Output,
  SignedAnnouncement
} from '../core/index.ts'
import { dialAddrs } from './addrs.ts'
import { monotonicMs } from './clock.ts'
import type { GossipDiscoveryComponents } from './components.ts'
import type { DiscoveryMetrics } from './metrics.ts'
import { signAnnouncement } from './records/announcement-codec.ts'
import type { SyncStreams } from './sync/sync-streams.ts'

/** setTimeout fires at once beyond 2^31 - 1 ms. */
const MAX_TIMER_MS = 2 ** 31 - 1

/** What the driver tells of, without acting on it. */
export type Report = Exclude<Output, { type: 'announce' | 'publish' | 'send' | 'dial' | 'hang-up' }> | Published

export interface Published {
  readonly type: 'published'
  readonly seq: number
  readonly recipients: number
}

export class Driver {
  readonly #core: Discovery
  readonly #components: GossipDiscoveryComponents
  readonly #topic: string
  readonly #partners: SyncStreams
  readonly #log: Logger
  readonly #metrics: DiscoveryMetrics
  readonly #report: (report: Report) => void
  /** BOUNDED by the dials, signatures and publications that the core allows at once. */
  readonly #running = new Set<Promise<void>>()
  #timer: ReturnType<typeof setTimeout> | undefined
  #firesAtMs = 0
  #stopping: AbortController | undefined

  constructor(
    core: Discovery,
    host: {
      components: GossipDiscoveryComponents
      topic: string
      partners: SyncStreams
      log: Logger
      metrics: DiscoveryMetrics
    },
    report: (report: Report) => void
  ) {
    this.#core = core
    this.#components = host.components
    this.#topic = host.topic
    this.#partners = host.partners
    this.#log = host.log
    this.#metrics = host.metrics
    this.#report = report
  }

  /** Aborts when the driver stops; undefined while it does not run. */
  get stopping(): AbortSignal | undefined {
    return this.#stopping?.signal
  }

  /** @param firstTickMs - wait before the core is ticked for the first time */
  start(firstTickMs: number): void {
    this.#stopping = new AbortController()
    this.#setTimer(firstTickMs, monotonicMs())
  }

  /** Resolves when nothing that was begun is left. */
  async stop(): Promise<void> {
    this.#stopping?.abort()
    this.#stopping = undefined
    clearTimeout(this.#timer)
    this.#timer = undefined
    await this.#settled(new Set())
  }

  handle(input: Input): void {
    const nowMs = monotonicMs()
    for (const output of this.#core.handle(input, nowMs)) this.#perform(output)
    if (this.#stopping !== undefined) this.#setTimer(this.#core.dueMs - nowMs, nowMs)
  }

  /** A timer that fires sooner than need be sets itself anew: most inputs put a deadline off, and cost nothing then. */
  #setTimer(waitMs: number, nowMs: number): void {
    if (this.#timer !== undefined) {
      if (this.#firesAtMs <= nowMs + waitMs) return
      clearTimeout(this.#timer)
    }
    const boundedMs = Math.min(Math.max(0, waitMs), MAX_TIMER_MS)
    this.#firesAtMs = nowMs + boundedMs
    this.#timer = setTimeout(() => {
      this.#timer = undefined
      this.handle({ type: 'tick' })
    }, boundedMs)
  }

  /** Remembers what was begun until it is done. */
  run(task: Promise<unknown>): void {
    const settled: Promise<void> = task
      .then(() => undefined)
      .catch(error => this.#log.error('%e', error))
      .finally(() => this.#running.delete(settled))
    this.#running.add(settled)
  }

  /** Says farewell; resolves when it is published, whatever else is under way. */
  async leave(): Promise<void> {
    const others = new Set(this.#running)
    this.handle({ type: 'leave' })
    await this.#settled(others)
  }

  /** Resolves when nothing is under way but `others`. */
  async #settled(others: ReadonlySet<Promise<void>>): Promise<void> {
    while (true) {
      const tasks = [...this.#running].filter(task => !others.has(task))
      if (tasks.length === 0) return
      await Promise.all(tasks)
    }
  }

  #perform(output: Output): void {
    switch (output.type) {
      case 'announce':
        this.run(this.#announce(output.announcement))
        break
      case 'publish':
        this.run(this.#publish(output.record))
        break
      case 'send':
        this.#partners.send(output.to, output.message)
        break
      case 'dial':
        this.run(this.#dial(output.target, output.timeoutMs))
        break
      case 'hang-up':
        this.run(this.#partners.hangUp(output.peer))
        break
      default:
        this.#report(output)
    }
  }

  async #announce(announcement: Announcement): Promise<void> {
    this.handle({
      type: 'signed',
      record: await signAnnouncement(announcement, this.#components.privateKey, this.#topic)
    })
  }

  async #publish({ announcement, envelope }: SignedAnnouncement): Promise<void> {
    let recipients = 0
    try {
      recipients = (await this.#components.pubsub.publish(this.#topic, envelope)).recipients.length
    } catch (error) {
      // Most pubsubs throw when nobody has subscribed yet. No loss: whoever connects is sent this record first.
      this.#log.trace('published to nobody - %e', error)
    }
    this.#report({ type: 'published', seq: announcement.seq, recipients })
  }

  async #dial(target: DialTarget, timeoutMs: number): Promise<void> {
    let outcome: DialOutcome = 'failed'
    const timeout = AbortSignal.timeout(timeoutMs)
    const signal = this.stopping === undefined ? timeout : AbortSignal.any([timeout, this.stopping])
    try {
      const connection = await this.#components.connectionManager.openConnection(dialAddrs(target), { signal })
      if (await this.#partners.open(connection)) outcome = 'reached'
    } catch (error) {
      if (isRefusal(error)) outcome = 'refused'
      this.#log('could not dial %s - %e', target.id, error)
    }
    this.#metrics.dial(outcome)
    this.handle({ type: 'dialled', id: target.id, outcome })
  }
}

/** Whether every address answered that nobody listens there, which only a host that is up can say. */
function isRefusal(error: unknown): boolean {
  if (error instanceof AggregateError) return error.errors.length > 0 && error.errors.every(isRefusal)
  const { code, cause } = error as { code?: unknown; cause?: unknown }
  return code === 'ECONNREFUSED' || (cause !== undefined && isRefusal(cause))
}
