/** Feeds the core and carries out what it decides: signs, publishes, sends, dials, hangs up, and keeps the one timer. */
import type { Logger } from '@libp2p/interface'
import type { Discovery } from '../core/discovery.ts'
import type { DialOutcome, Input, Output } from '../core/effects.ts'
import {
  type Announcement,
  BOUNDS,
  compareVersions,
  type PeerKey,
  type SignedAnnouncement
} from '../core/record/announcement.ts'
import type { Names } from './addrs/names.ts'
import { waysTo } from './addrs/ways.ts'
import { monotonicMs } from './clock.ts'
import { type GossipDiscoveryComponents, isNobodyThere } from './components.ts'
import type { ConnectionUse } from './host/connection-use.ts'
import { DialledStrangers } from './host/dialled-strangers.ts'
import type { PartnerTags } from './host/partner-tags.ts'
import { isRefusal, Races } from './host/races.ts'
import { ABORT_GRACE_MS, HOST_CALL_TIMEOUT_MS, STOP_STEP_TIMEOUT_MS, within } from './host/within.ts'
import { type SignedWithFarewell, signWithFarewell } from './records/announcement-codec.ts'
import type { DiscoveryMetrics } from './reports/metrics.ts'
import type { Warnings } from './reports/warnings.ts'
import type { SyncStreams } from './sync/sync-streams.ts'

/** setTimeout fires at once beyond 2^31 - 1 ms. */
const MAX_TIMER_MS = 2 ** 31 - 1

type DialOutput = Extract<Output, { type: 'dial' }>

/** What the driver tells of, without acting on it. */
export type Report =
  | Exclude<Output, { type: 'announce' | 'publish' | 'send' | 'dial' | 'hang-up' | 'renew' | 'link' }>
  | Published

/** What the driver works with. */
export interface DriverHost {
  readonly components: GossipDiscoveryComponents
  readonly topic: string
  readonly partners: SyncStreams
  readonly connectionUse: ConnectionUse
  readonly tags: PartnerTags
  readonly names: Names
  readonly log: Logger
  readonly metrics: DiscoveryMetrics
  readonly warnings: Warnings
}

export interface Published {
  readonly type: 'published'
  readonly seq: number
  readonly recipients: number
}

export class Driver {
  readonly #core: Discovery
  readonly #host: DriverHost
  readonly #report: (report: Report) => void
  /** BOUNDED by the dials, signatures and publications that the core allows at once. */
  readonly #running = new Set<Promise<void>>()
  readonly #races: Races
  readonly #strangers: DialledStrangers
  #cut = ''
  #timer: ReturnType<typeof setTimeout> | undefined
  #firesAtMs = 0
  #stopping: AbortController | undefined
  /** Signed ahead: what this node says if it must go at once. */
  #farewell: SignedAnnouncement | undefined
  /** Aborts when calls into the host are waited for no longer. */
  #abandoning = new AbortController()

  constructor(core: Discovery, host: DriverHost, report: (report: Report) => void) {
    this.#core = core
    this.#host = host
    this.#report = report
    this.#strangers = new DialledStrangers(host)
    this.#races = new Races({ components: host.components, use: host.connectionUse })
  }

  /** Aborts when the driver stops; undefined while it does not run. */
  get stopping(): AbortSignal | undefined {
    return this.#stopping?.signal
  }

  /** @param firstTickMs - wait before the core is ticked for the first time */
  start(firstTickMs: number): void {
    this.#stopping = new AbortController()
    this.#farewell = undefined
    this.#setTimer(firstTickMs, monotonicMs())
  }

  /** Resolves when nothing that was begun is left; what the host does not end in time is abandoned. */
  async stop(): Promise<void> {
    this.#stopping?.abort()
    this.#stopping = undefined
    clearTimeout(this.#timer)
    this.#timer = undefined
    if (await this.#settlesInTime()) return
    this.#abandoning.abort()
    this.#abandoning = new AbortController()
    await this.#settlesInTime()
  }

  handle(input: Input): void {
    const nowMs = monotonicMs()
    for (const output of this.#core.handle(input, nowMs)) this.#perform(output)
    // Messages make no partners.
    if (input.type !== 'gossip' && input.type !== 'message') this.#tagPartners(nowMs)
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
      .catch(error => this.#host.log.error('what was begun failed - %e', error))
      .finally(() => this.#running.delete(settled))
    this.#running.add(settled)
  }

  /** Says farewell; resolves when it is published, whatever else is under way. */
  async leave(): Promise<void> {
    const others = new Set(this.#running)
    this.handle({ type: 'leave' })
    await this.#settled(others)
  }

  /** Says farewell within this call, as far as the connections take it. */
  leaveNow(): void {
    const farewell = this.#farewell
    this.#farewell = undefined
    this.handle({ type: 'leave', ...(farewell !== undefined && { farewell }) })
    this.#host.partners.flushNow()
  }

  /** Resolves when nothing is under way but `others`. */
  async #settled(others: ReadonlySet<Promise<void>>): Promise<void> {
    while (true) {
      const tasks = [...this.#running].filter(task => !others.has(task))
      if (tasks.length === 0) return
      await Promise.all(tasks)
    }
  }

  async #settlesInTime(): Promise<boolean> {
    try {
      await within(STOP_STEP_TIMEOUT_MS, 'ending what was begun', this.#settled(new Set()))
      return true
    } catch (error) {
      this.#host.log('%e', error)
      return false
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
        this.#host.partners.send(output.to, output.message)
        break
      case 'dial':
        this.run(this.#dial(output))
        break
      case 'hang-up':
        this.run(this.#host.partners.hangUp(output.peer))
        break
      case 'renew':
        this.run(this.#host.partners.renew(output.peer, output.timeoutMs))
        break
      case 'link':
        this.#tagPartners(monotonicMs())
        break
      default:
        this.#report(output)
    }
  }

  #tagPartners(nowMs: number): void {
    for (const telling of this.#host.tags.update(nowMs)) this.run(telling)
  }

  async #announce(announcement: Announcement): Promise<void> {
    const signed = await this.#signed(announcement)
    const { own, version } = this.#core
    // Signed too late: a later one was faster, or this node has left meanwhile, or begun another run.
    const isOvertaken = own !== undefined && compareVersions(own.announcement, announcement) >= 0
    if (signed === undefined || isOvertaken || announcement.epoch < version.epoch) return
    this.#noteCut(announcement.addrs.slice(signed.record.announcement.addrs.length).join(', '))
    this.#farewell = signed.farewell
    this.handle({ type: 'signed', record: signed.record })
  }

  /** @param cut - addresses for which a whole announcement has no room beside name and metadata */
  #noteCut(cut: string): void {
    if (cut !== this.#cut && cut !== '')
      this.#host.log('does not announce %s (no room in %d bytes)', cut, BOUNDS.envelopeBytes)
    this.#cut = cut
  }

  /** Undefined when it cannot be signed; the core tries again with its next heartbeat. */
  async #signed(announcement: Announcement): Promise<SignedWithFarewell | undefined> {
    const { components, topic, warnings } = this.#host
    try {
      return await this.#answer('signing it', signWithFarewell(announcement, components.privateKey, topic))
    } catch (error) {
      const { message } = error as Error
      warnings.tellSeldom(
        'cannot-announce',
        `this node's announcement cannot be signed, others do not see it: ${message}`
      )
      return undefined
    }
  }

  async #publish({ announcement, envelope }: SignedAnnouncement): Promise<void> {
    const { components, topic, warnings, log } = this.#host
    let recipients = 0
    try {
      const publishing = components.pubsub.publish(topic, envelope)
      recipients = (await this.#answer('publishing an announcement', publishing)).recipients.length
    } catch (error) {
      // Most pubsubs throw when nobody has subscribed yet. No loss: whoever connects is sent this record first.
      if (isNobodyThere(error)) log.trace('published to nobody - %e', error)
      else if (!warnings.tellTimeout(error)) {
        const { message } = error as Error
        warnings.tellSeldom('cannot-announce', `pubsub does not take this node's announcements: ${message}`)
      }
    }
    this.#report({ type: 'published', seq: announcement.seq, recipients })
  }

  async #dial(dial: DialOutput): Promise<void> {
    const { target, timeoutMs } = dial
    const { partners, warnings, metrics, log, names } = this.#host
    let outcome: DialOutcome = 'failed'
    let peer: PeerKey = target.id
    const beganAtMs = monotonicMs()
    const timeout = AbortSignal.timeout(timeoutMs)
    const signal = this.stopping === undefined ? timeout : AbortSignal.any([timeout, this.stopping])
    const ways = waysTo(dial, names, signal)
    if (this.#races.join(target, ways)) return
    try {
      const dialling = this.#races.connect(target, ways, signal)
      const connection = await this.#answer('dialling a peer', dialling, timeoutMs + ABORT_GRACE_MS)
      if (connection === undefined) outcome = 'withheld'
      else {
        peer = connection.remotePeer.toString()
        if (await partners.open(connection)) outcome = 'reached'
        else this.run(this.#strangers.review(connection, this.stopping))
      }
    } catch (error) {
      if (isRefusal(error)) outcome = 'refused'
      if (!warnings.tellTimeout(error)) log('could not dial %p - %e', target.id, error)
    }
    metrics.dial(outcome, monotonicMs() - beganAtMs)
    this.handle({ type: 'dialled', id: target.id, outcome, peer })
  }

  /** What the host answers, unless it is too late or the node has stopped meanwhile. */
  async #answer<T>(what: string, call: Promise<T>, timeoutMs = HOST_CALL_TIMEOUT_MS): Promise<T> {
    return await within(timeoutMs, what, call, this.#abandoning.signal)
  }
}
