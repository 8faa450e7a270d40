/** What the service counts and measures, in libp2p's metrics; all of them are in `metric-list.ts`. */
import type { CounterGroup, HistogramGroup, MetricGroup, Metrics } from '@libp2p/interface'
import {
  COUNTERS,
  type Counter,
  counterHelp,
  counterName,
  GAUGES,
  type Gauge,
  HISTOGRAMS,
  type Histogram,
  type KindOf,
  METRIC_PREFIX
} from './metric-list.ts'

type Group = CounterGroup | MetricGroup | HistogramGroup

/** What the services of a node share: some implementations begin anew at 0 when a name is registered twice. */
const registered = new WeakMap<Metrics, Map<string, Group>>()

/** Does nothing on a host without metrics. */
export class DiscoveryMetrics {
  readonly #topic: string
  /** BOUNDED by the list of counters, as are the others by theirs; each by its kinds, '' for all. Empty on a host without metrics. */
  readonly #counters = new Map<Counter, Map<string, CounterGroup>>()
  readonly #gauges = new Map<Gauge, MetricGroup>()
  readonly #histograms = new Map<Histogram, Pick<HistogramGroup, 'observe'>>()

  /** Every gauge and counter is there from now on, at 0: an increase is seen from the first one on. */
  constructor(metrics: Metrics | undefined, topic: string) {
    this.#topic = topic
    if (metrics === undefined) return
    for (const gauge of keysOf(GAUGES)) {
      this.#gauges.set(gauge, gaugeOf(metrics, gauge))
      this.#set(gauge, 0)
    }
    for (const counter of keysOf(COUNTERS)) {
      const groups = new Map<string, CounterGroup>()
      this.#counters.set(counter, groups)
      for (const kind of ['', ...COUNTERS[counter].kinds]) {
        groups.set(kind, counterOf(metrics, counterName(counter, kind), counterHelp(counter, kind)))
        this.#add(counter, kind, 0)
      }
    }
    for (const histogram of keysOf(HISTOGRAMS)) this.#histograms.set(histogram, histogramOf(metrics, histogram))
  }

  bookEntries(count: number): void {
    this.#set('book_entries', count)
  }

  partners(count: number): void {
    this.#set('partners', count)
  }

  /** @param result - a change of the book, or the reason why there was none */
  announcement(result: KindOf<'announcements'>): void {
    this.#count('announcements', result)
  }

  received(): void {
    this.#add('received', '', 1)
  }

  /** @param recipients - peers that pubsub handed the announcement to */
  published(recipients: number): void {
    this.#add('published', '', 1)
    if (recipients === 0) this.#add('published', 'unheard', 1)
  }

  syncStream(event: 'opened' | KindOf<'sync_streams'>): void {
    this.#add('sync_streams', event === 'opened' ? '' : event, 1)
  }

  syncFrame(direction: KindOf<'sync'>, bytes: number): void {
    this.#count('sync', direction, bytes)
    this.#observe(`sync_${direction}_frame_bytes`, bytes)
  }

  suspicion(event: 'suspected' | KindOf<'suspicions'>): void {
    this.#add('suspicions', event === 'suspected' ? '' : event, 1)
  }

  dial(result: KindOf<'dials'>, durationMs: number): void {
    this.#count('dials', result)
    this.#observe('dial_seconds', seconds(durationMs))
  }

  warning(code: KindOf<'warnings'>): void {
    this.#count('warnings', code)
  }

  /** A partner has answered a probe. */
  probe(roundTripMs: number): void {
    this.#observe('probe_round_trip_seconds', seconds(roundTripMs))
  }

  /** Records that this node lacked are in its book, so long after it has asked. */
  synced(durationMs: number): void {
    this.#observe('sync_seconds', seconds(durationMs))
  }

  /** @param ageMs - at the arrival of a record over a sync stream */
  record(ageMs: number): void {
    this.#observe('record_age_seconds', seconds(ageMs))
  }

  #count<Name extends Counter>(counter: Name, kind: KindOf<Name>, count = 1): void {
    this.#add(counter, '', count)
    this.#add(counter, kind, count)
  }

  /** @param kind - empty for the metric over all kinds */
  #add(counter: Counter, kind: string, count: number): void {
    this.#counters
      .get(counter)
      ?.get(kind)
      ?.increment({ [this.#topic]: count })
  }

  #set(gauge: Gauge, value: number): void {
    this.#gauges.get(gauge)?.update({ [this.#topic]: value })
  }

  #observe(histogram: Histogram, value: number): void {
    this.#histograms.get(histogram)?.observe({ [this.#topic]: value })
  }
}

function gaugeOf(metrics: Metrics, gauge: Gauge): MetricGroup {
  const name = `${METRIC_PREFIX}_${gauge}`
  return shared(metrics, name, () => metrics.registerMetricGroup(name, { label: 'topic', help: GAUGES[gauge] }))
}

function counterOf(metrics: Metrics, name: string, help: string): CounterGroup {
  return shared(metrics, name, () => metrics.registerCounterGroup(name, { label: 'topic', help }))
}

/** Where the host has no histograms, two counters: sum and number under the names that a histogram gives them, enough for a mean. */
function histogramOf(metrics: Metrics, histogram: Histogram): Pick<HistogramGroup, 'observe'> {
  const name = `${METRIC_PREFIX}_${histogram}`
  const { help, buckets } = HISTOGRAMS[histogram]
  if (typeof metrics.registerHistogramGroup === 'function') {
    const options = { label: 'topic', help, buckets: [...buckets] }
    return shared(metrics, name, () => metrics.registerHistogramGroup(name, options))
  }
  const sum = counterOf(metrics, `${name}_sum`, help)
  const count = counterOf(metrics, `${name}_count`, help)
  return {
    observe: values => {
      sum.increment(values)
      count.increment(Object.fromEntries(Object.keys(values).map(topic => [topic, 1])))
    }
  }
}

function shared<Kind extends Group>(metrics: Metrics, name: string, register: () => Kind): Kind {
  const groups = registered.get(metrics) ?? new Map<string, Group>()
  registered.set(metrics, groups)
  // A name is of one kind.
  const group = (groups.get(name) as Kind | undefined) ?? register()
  groups.set(name, group)
  return group
}

function keysOf<Key extends string>(record: Readonly<Record<Key, unknown>>): Key[] {
  return Object.keys(record) as Key[]
}

function seconds(ms: number): number {
  return ms / 1_000
}
