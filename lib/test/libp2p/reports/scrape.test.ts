/** What Prometheus reads of a real node with two networks, and whether guide and dashboard name anything else. */
import { readFile } from 'node:fs/promises'
import { gossipsub } from '@libp2p/gossipsub'
import { identify } from '@libp2p/identify'
import { prometheusMetrics } from '@libp2p/prometheus-metrics'
import { createLibp2p } from 'libp2p'
import { Registry } from 'prom-client'
import { type Test, test } from 'tap'
import { gossipDiscovery } from '../../../src/index.ts'
import { COUNTERS, counterName, GAUGES, HISTOGRAMS } from '../../../src/libp2p/reports/metric-list.ts'
import { addrOf, startNode, transport, until } from '../nodes.ts'

const PREFIX = 'libp2p_gossip_discovery_'
const GUIDE = new URL('../../../../docs/guide/metrics.md', import.meta.url)
const DASHBOARD = new URL('../../../../docs/grafana-dashboard.json', import.meta.url)

/** What Prometheus itself adds to every line. */
const OF_PROMETHEUS = ['instance', 'job']

interface Metric {
  readonly type?: string
  readonly help?: string
}

interface Scrape {
  readonly samples: readonly Sample[]
  readonly types: ReadonlyMap<string, Metric>
}

interface Sample {
  readonly name: string
  readonly labels: Readonly<Record<string, string>>
  readonly value: number
}

test('two networks on one node have lines of their own under every metric', async t => {
  const { samples } = await scrapeOfTwoNetworks(t)
  const names = new Set(samples.filter(sample => !isOfHistogram(sample)).map(({ name }) => name))
  t.ok(names.size > 50)
  for (const name of names) {
    const topics = samples.filter(sample => sample.name === name).map(({ labels }) => labels)
    t.same(topics, [{ topic: 'crowded' }, { topic: 'lonely "network"' }], name)
  }
  const valueIn = (name: string, topic: string): number | undefined =>
    samples.find(sample => sample.name === PREFIX + name && sample.labels.topic === topic)?.value
  for (const name of ['book_entries', 'partners', 'announcements_joined_total', 'dials_reached_total']) {
    t.same([valueIn(name, 'crowded'), valueIn(name, 'lonely "network"')], [1, 0], name)
  }
  for (const name of ['sync_bytes_total', 'received_total', 'published_total'])
    t.ok(valueIn(name, 'crowded')! > 0, name)
  t.equal(valueIn('published_total', 'lonely "network"'), valueIn('published_unheard_total', 'lonely "network"'))
  const sumIn = (kinds: readonly string[]): number => kinds.reduce((sum, kind) => sum + valueIn(kind, 'crowded')!, 0)
  t.equal(sumIn(['sync_sent_bytes_total', 'sync_received_bytes_total']), valueIn('sync_bytes_total', 'crowded'))
  const dials = ['reached', 'refused', 'failed', 'withheld'].map(kind => `dials_${kind}_total`)
  t.equal(sumIn(dials), valueIn('dials_total', 'crowded'))
})

test('before a service starts, each counter and each of its kinds is there, at 0', async t => {
  const registry = new Registry()
  const node = await createLibp2p({
    ...transport(),
    start: false,
    metrics: prometheusMetrics({ registry, collectDefaultMetrics: false }),
    services: { pubsub: gossipsub(), identify: identify(), discovery: gossipDiscovery({ topic: 'idle' }) }
  })
  const samples = samplesOf(await registry.metrics()).filter(({ name }) => name.startsWith(PREFIX))
  const names = keysOf(COUNTERS).flatMap(counter =>
    ['', ...COUNTERS[counter].kinds].map(kind => counterName(counter, kind))
  )
  t.same(samples.map(({ name }) => name).sort(), [...names, ...Object.keys(GAUGES).map(gauge => PREFIX + gauge)].sort())
  t.ok(samples.every(({ value, labels }) => value === 0 && labels.topic === 'idle'))
  t.ok(names.every(name => /^[a-z0-9_]+_total$/.test(name)))
  await node.stop()
})

test('what is measured is a histogram, in seconds or bytes, whose sums are those of the counters', async t => {
  const { samples, types } = await scrapeOfTwoNetworks(t)
  const valueIn = (name: string, le?: string): number =>
    samples.find(({ name: of, labels }) => of === PREFIX + name && labels.topic === 'crowded' && labels.le === le)
      ?.value ?? 0
  for (const histogram of keysOf(HISTOGRAMS)) {
    t.equal(types.get(PREFIX + histogram)?.type, 'histogram', histogram)
    t.match(histogram, /_(seconds|bytes)$/)
    const { buckets } = HISTOGRAMS[histogram]
    t.same(
      buckets,
      [...buckets].sort((a, b) => a - b)
    )
  }
  for (const direction of ['sent', 'received'] as const) {
    t.equal(valueIn(`sync_${direction}_frame_bytes_sum`), valueIn(`sync_${direction}_bytes_total`))
  }
  t.equal(valueIn('dial_seconds_count'), valueIn('dials_total'))
  t.ok(valueIn('dial_seconds_bucket', '10') > 0 && valueIn('dial_seconds_sum') < 10)
  t.ok(valueIn('record_age_seconds_count') > 0)
  t.equal(valueIn('record_age_seconds_bucket', '30'), valueIn('record_age_seconds_count'))
})

test('the guide lists exactly the metrics of a scrape, with type and meaning', async t => {
  const { types } = await scrapeOfTwoNetworks(t)
  const rows = (await readFile(GUIDE, 'utf8')).matchAll(/^\| `(\w+)` \| (\w+) \| (.*) \|$/gm)
  const told = new Map([...rows].map(([, name, type, help]) => [PREFIX + name!, { type, help: normalized(help!) }]))
  t.same([...told.keys()].sort(), [...types.keys()].sort())
  for (const [name, { type, help }] of told) {
    t.equal(types.get(name)?.type, type, name)
    // The help of a kind ends with its name, in place of which the guide says what it means.
    const common = keysOf(COUNTERS).find(counter =>
      types.get(name)?.help?.startsWith(normalized(COUNTERS[counter].help))
    )
    t.ok(help.startsWith(normalized(common === undefined ? types.get(name)!.help! : COUNTERS[common].help)), name)
  }
})

test('every metric and label that the dashboard names is in a scrape', async t => {
  const scrape = await scrapeOfTwoNetworks(t)
  const { panels, templating } = JSON.parse(await readFile(DASHBOARD, 'utf8')) as Dashboard
  const targets = panels.flatMap(panel => panel.targets)
  const queries = templating.list.flatMap(({ type, query }) => (type === 'query' ? [query] : []))
  const expressions = [...targets.map(({ expr }) => expr), ...queries]
  t.ok(targets.length > 20 && queries.length > 0)
  for (const expression of expressions) {
    const metrics = expression.match(/libp2p_\w+/g) ?? []
    t.ok(metrics.length > 0, expression)
    for (const metric of metrics) {
      const labels = labelsOf(metric, scrape)
      t.ok(labels, `${metric} is in the scrape`)
      const unknown = labelsIn(expression).filter(label => !labels?.includes(label) && !OF_PROMETHEUS.includes(label))
      t.same(unknown, [], expression)
    }
  }
  const legends = targets.flatMap(({ legendFormat }) =>
    [...legendFormat.matchAll(/\{\{(\w+)\}\}/g)].map(([, label]) => label)
  )
  t.same([...new Set(legends)].sort(), ['instance', 'topic'])
  const variables = new Set(expressions.join().match(/\$\w+/g))
  const known = ['$__rate_interval', ...templating.list.map(({ name }) => `$${name}`)]
  t.same(
    [...variables].filter(variable => !known.includes(variable)),
    []
  )
})

test('a metric that the dashboard could miss is found', async t => {
  t.same(labelsIn('sum by (topic, code) (rate(a{topic=~"$topic", job!="x"}[5m]))'), ['topic', 'code', 'topic', 'job'])
  t.same(labelsIn('label_values(a, topic)'), ['topic'])
})

interface Dashboard {
  panels: { targets: { expr: string; legendFormat: string }[] }[]
  templating: { list: { type: string; name: string; query: string }[] }
}

/** Labels of a metric; undefined where the scrape has none of that name. A histogram that has measured nothing yet is only declared. */
function labelsOf(metric: string, { samples, types }: Scrape): string[] | undefined {
  const sample = samples.find(({ name }) => name === metric)
  if (sample !== undefined) return Object.keys(sample.labels)
  const [, histogram = '', part] = /^(\w+)_(bucket|sum|count)$/.exec(metric) ?? []
  if (types.get(histogram)?.type !== 'histogram') return undefined
  return part === 'bucket' ? ['topic', 'le'] : ['topic']
}

/** Labels named in a selector, in `by (...)`, or in Grafana's own `label_values`. */
function labelsIn(expression: string): string[] {
  const lists = [...expression.matchAll(/\b(?:by|without) \(([^)]*)\)/g)].flatMap(([, list]) => list!.split(/,\s*/))
  const selected = [...expression.matchAll(/[{,]\s*(\w+)\s*(?:=|!)/g)].map(([, label]) => label!)
  const wanted = [...expression.matchAll(/^label_values\(\w+, (\w+)\)$/g)].map(([, label]) => label!)
  return [...lists, ...selected, ...wanted]
}

/** Of a node that has found one peer in one network, and nobody in the other. */
async function scrapeOfTwoNetworks(t: Test): Promise<Scrape> {
  const registry = new Registry()
  const peer = await startNode(t, { name: 'peer', topic: 'crowded' })
  const node = await createLibp2p({
    ...transport(),
    metrics: prometheusMetrics({ registry, collectDefaultMetrics: false }),
    services: {
      identify: identify(),
      pubsub: gossipsub(),
      crowded: gossipDiscovery({ topic: 'crowded', bootstrapPeers: [addrOf(peer)] }),
      lonely: gossipDiscovery({ topic: 'lonely "network"' })
    }
  })
  t.teardown(async () => await node.stop())
  await until(() => node.services.crowded.addressBook.size === 1 && node.services.crowded.stats.partners === 1)
  const text = await registry.metrics()
  return { samples: samplesOf(text).filter(({ name }) => name.startsWith(PREFIX)), types: metricsOf(text) }
}

function isOfHistogram({ name }: Sample): boolean {
  return keysOf(HISTOGRAMS).some(histogram => name.startsWith(PREFIX + histogram))
}

/** Type and help of each metric of the service, as Prometheus' text format tells them. */
function metricsOf(text: string): Map<string, Metric> {
  const lines = [...text.matchAll(/^# (TYPE|HELP) (\w+) (.*)$/gm)].filter(([, , name]) => name!.startsWith(PREFIX))
  const metrics = new Map<string, Metric>()
  for (const [, what, name, value] of lines)
    metrics.set(name!, { ...metrics.get(name!), [what === 'TYPE' ? 'type' : 'help']: value })
  return metrics
}

/** As @libp2p/prometheus-metrics writes texts. */
function normalized(help: string): string {
  return help.match(/\w+/g)?.join('_') ?? ''
}

function keysOf<Key extends string>(record: Readonly<Record<Key, unknown>>): Key[] {
  return Object.keys(record) as Key[]
}

/** Of Prometheus' text format, as far as it is needed here. */
function samplesOf(text: string): Sample[] {
  return text.split('\n').flatMap(line => {
    const [, name, labels = '', value] = /^(\w+)(?:\{(.*)\})? (\S+)$/.exec(line) ?? []
    if (name === undefined) return []
    const pairs = [...labels.matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/g)].map(([, label, text]) => [
      label,
      JSON.parse(`"${text}"`)
    ])
    return [{ name, labels: Object.fromEntries(pairs), value: Number(value) }]
  })
}
