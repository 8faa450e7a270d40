/**
 * What the service counts, in libp2p's metrics; names after Prometheus' conventions.
 *
 * A metric of libp2p has one label. Here it is always the topic, so that two networks on one node have lines of their own, and what
 * is counted apart is a metric apart: `dials_total`, and of these `dials_reached_total`, `dials_failed_total` ...
 */
import type { CounterGroup, MetricGroup, Metrics } from '@libp2p/interface'
import type { DialOutcome } from '../../core/effects.ts'

const PREFIX = 'libp2p_gossip_discovery'

const HELP = {
  announcements:
    'Announcements received, and what became of them: a change of the book, or the reason why there was none',
  sync_streams: 'Sync streams opened',
  sync_bytes: 'Bytes of sync frames',
  suspicions: 'Peers suspected to be gone',
  dials: 'Dials to found, lost and suspected peers, by how they ended',
  warnings: 'Warnings to the operator: what the node cannot mend by itself. Alert on any increase'
} as const

type Counted = keyof typeof HELP

/** Kinds that are there from the start, at 0: an increase is seen from the first one on. */
const KINDS: Record<Counted, readonly string[]> = {
  announcements: ['joined', 'updated', 'left', 'expired', 'evicted', 'stale', 'over-budget', 'bad-signature'],
  sync_streams: ['closed'],
  sync_bytes: ['sent', 'received'],
  suspicions: ['refuted'],
  dials: ['reached', 'refused', 'failed', 'withheld'],
  warnings: ['key-in-use', 'cannot-announce', 'overloaded', 'eclipsed', 'eclipse-over', 'host-unresponsive']
}

/** What the services of a node share: some implementations begin anew at 0 when a name is registered twice. */
const registered = new WeakMap<Metrics, Map<string, CounterGroup | MetricGroup>>()

/** Does nothing on a host without metrics. */
export class DiscoveryMetrics {
  readonly #metrics: Metrics | undefined
  readonly #topic: string
  /** BOUNDED by what is counted and its kinds, all of them closed lists. */
  readonly #counters = new Map<string, CounterGroup>()
  readonly #bookEntries: MetricGroup | undefined
  readonly #partners: MetricGroup | undefined

  constructor(metrics: Metrics | undefined, topic: string) {
    this.#metrics = metrics
    this.#topic = topic
    this.#bookEntries = this.#gauge('book_entries', 'Peers in the address book')
    this.#partners = this.#gauge('partners', 'Peers with an open sync stream')
    this.bookEntries(0)
    this.partners(0)
    for (const what of Object.keys(HELP) as Counted[]) {
      for (const kind of ['', ...KINDS[what]]) this.#add(what, kind, 0)
    }
  }

  bookEntries(count: number): void {
    this.#bookEntries?.update({ [this.#topic]: count })
  }

  partners(count: number): void {
    this.#partners?.update({ [this.#topic]: count })
  }

  /** @param result - a change of the book, or the reason why there was none */
  announcement(result: string): void {
    this.#count('announcements', result)
  }

  syncStream(event: 'opened' | 'closed'): void {
    this.#add('sync_streams', event === 'opened' ? '' : event, 1)
  }

  syncBytes(direction: 'sent' | 'received', bytes: number): void {
    this.#count('sync_bytes', direction, bytes)
  }

  suspicion(event: 'suspected' | 'refuted'): void {
    this.#add('suspicions', event === 'suspected' ? '' : event, 1)
  }

  dial(result: DialOutcome): void {
    this.#count('dials', result)
  }

  warning(code: string): void {
    this.#count('warnings', code)
  }

  #count(what: Counted, kind: string, count = 1): void {
    this.#add(what, '', count)
    this.#add(what, kind, count)
  }

  /** @param kind - empty for the metric over all kinds */
  #add(what: Counted, kind: string, count: number): void {
    const metrics = this.#metrics
    if (metrics === undefined) return
    const key = `${what} ${kind}`
    const counter = this.#counters.get(key) ?? counterOf(metrics, what, kind)
    this.#counters.set(key, counter)
    counter.increment({ [this.#topic]: count })
  }

  #gauge(name: string, help: string): MetricGroup | undefined {
    const metrics = this.#metrics
    if (metrics === undefined) return undefined
    const fullName = `${PREFIX}_${name}`
    return shared(metrics, fullName, () => metrics.registerMetricGroup(fullName, { label: 'topic', help }))
  }
}

function counterOf(metrics: Metrics, what: Counted, kind: string): CounterGroup {
  const name = [PREFIX, what, ...(kind === '' ? [] : [kind.replaceAll('-', '_')]), 'total'].join('_')
  const help = kind === '' ? HELP[what] : `${HELP[what]}: ${kind}`
  return shared(metrics, name, () => metrics.registerCounterGroup(name, { label: 'topic', help }))
}

function shared<Group extends CounterGroup>(metrics: Metrics, name: string, register: () => Group): Group {
  const groups = registered.get(metrics) ?? new Map<string, CounterGroup | MetricGroup>()
  registered.set(metrics, groups)
  // A name is of one kind.
  const group = (groups.get(name) as Group | undefined) ?? register()
  groups.set(name, group)
  return group
}
