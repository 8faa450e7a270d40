/** What Prometheus reads of a real node with two networks, and whether the dashboard asks for anything else. */
import { readFile } from 'node:fs/promises'
import { gossipsub } from '@libp2p/gossipsub'
import { identify } from '@libp2p/identify'
import { prometheusMetrics } from '@libp2p/prometheus-metrics'
import { createLibp2p } from 'libp2p'
import { Registry } from 'prom-client'
import { type Test, test } from 'tap'
import { gossipDiscovery } from '../../../src/index.ts'
import { addrOf, startNode, transport, until } from '../nodes.ts'

const PREFIX = 'libp2p_gossip_discovery_'
const DASHBOARD = new URL('../../../../docs/grafana-dashboard.json', import.meta.url)

/** What Prometheus itself adds to every line. */
const OF_PROMETHEUS = ['instance', 'job']

interface Sample {
  readonly name: string
  readonly labels: Readonly<Record<string, string>>
  readonly value: number
}

test('two networks on one node have lines of their own under every metric', async t => {
  const samples = await scrapeOfTwoNetworks(t)
  const names = new Set(samples.map(({ name }) => name))
  t.ok(names.size > 20)
  for (const name of names) {
    const topics = samples.filter(sample => sample.name === name).map(({ labels }) => labels)
    t.same(topics, [{ topic: 'crowded' }, { topic: 'lonely "network"' }], name)
  }
  const valueIn = (name: string, topic: string): number | undefined =>
    samples.find(sample => sample.name === PREFIX + name && sample.labels.topic === topic)?.value
  for (const name of ['book_entries', 'partners', 'announcements_joined_total', 'dials_reached_total']) {
    t.same([valueIn(name, 'crowded'), valueIn(name, 'lonely "network"')], [1, 0], name)
  }
  t.ok(valueIn('sync_bytes_total', 'crowded')! > 0)
  for (const total of ['sync_bytes', 'dials']) {
    const kinds = samples.filter(
      ({ name }) => name.startsWith(`${PREFIX}${total}_`) && name !== `${PREFIX}${total}_total`
    )
    const sum = kinds.reduce((all, { value, labels }) => all + (labels.topic === 'crowded' ? value : 0), 0)
    t.equal(sum, valueIn(`${total}_total`, 'crowded'), `${total} is the sum of its kinds`)
  }
})

test('every metric and label that the dashboard names is in a scrape', async t => {
  const samples = await scrapeOfTwoNetworks(t)
  const { panels, templating } = JSON.parse(await readFile(DASHBOARD, 'utf8')) as Dashboard
  const targets = panels.flatMap(panel => panel.targets)
  const queries = templating.list.flatMap(({ type, query }) => (type === 'query' ? [query] : []))
  const expressions = [...targets.map(({ expr }) => expr), ...queries]
  t.ok(targets.length > 20 && queries.length > 0)
  for (const expression of expressions) {
    const metrics = expression.match(/libp2p_\w+/g) ?? []
    t.ok(metrics.length > 0, expression)
    for (const metric of metrics) {
      const labels = samples.find(({ name }) => name === metric)?.labels
      t.ok(labels, `${metric} is in the scrape`)
      const unknown = labelsIn(expression).filter(label => !(label in (labels ?? {})) && !OF_PROMETHEUS.includes(label))
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

/** Labels named in a selector, in `by (...)`, or in Grafana's own `label_values`. */
function labelsIn(expression: string): string[] {
  const lists = [...expression.matchAll(/\b(?:by|without) \(([^)]*)\)/g)].flatMap(([, list]) => list!.split(/,\s*/))
  const selected = [...expression.matchAll(/[{,]\s*(\w+)\s*(?:=|!)/g)].map(([, label]) => label!)
  const wanted = [...expression.matchAll(/^label_values\(\w+, (\w+)\)$/g)].map(([, label]) => label!)
  return [...lists, ...selected, ...wanted]
}

/** Of a node that has found one peer in one network, and nobody in the other. */
async function scrapeOfTwoNetworks(t: Test): Promise<Sample[]> {
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
  return samplesOf(await registry.metrics()).filter(({ name }) => name.startsWith(PREFIX))
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
