/** What is measured, on hosts with histograms, without, and without metrics; on libp2p 2 as well. */
import type { Metrics } from '@libp2p/interface'
import { test } from 'tap'
import { DiscoveryMetrics } from '../../../src/libp2p/reports/metrics.ts'
import { StreamTimes } from '../../../src/libp2p/sync/stream-times.ts'
import { record } from '../../core/records.ts'
import { startNode2 } from '../../interop/libp2p-2.ts'
import { inOwnTime, stubHost } from '../host/stub-host.ts'
import { addrOf, startNode, until } from '../nodes.ts'

const PREFIX = 'libp2p_gossip_discovery_'

test('a probe is measured until its answer, and an answer that nobody asked for is not', async t => {
  const { observed, metrics } = recorded()
  await inOwnTime(async ({ pass }) => {
    const times = new StreamTimes(metrics, ['self', 'partner'])
    times.answered()
    t.same(observed, [])
    times.sent({ type: 'ping' })
    await pass(200)
    times.sent({ type: 'ping' })
    await pass(50)
    times.answered()
    times.answered()
    t.same(observed, [['probe_round_trip_seconds', 0.25]])
  })
})

test('a sync is measured from the digest to what this node lacked, and not to what both ends say of themselves', async t => {
  const { observed, metrics } = recorded()
  await inOwnTime(async ({ pass }) => {
    const times = new StreamTimes(metrics, ['self', 'partner'])
    const of = (...peers: string[]) => peers.map(peer => ({ record: record({ peer }), ageMs: 0 }))
    times.took(of('a'))
    times.sent(DIGEST)
    await pass(100)
    times.took(of('partner', 'self'))
    times.took([])
    t.same(observed, [])
    await pass(50)
    times.took(of('partner', 'a'))
    times.took(of('b'))
    t.same(observed, [['sync_seconds', 0.15]])
    times.sent(DIGEST)
    await pass(10_050)
    times.took(of('c'))
    t.equal(observed.length, 1)
  })
})

test('a host without histograms has sum and number of what is measured, and one without metrics has nothing', async t => {
  const host = await stubHost()
  const metrics = new DiscoveryMetrics(host.components.metrics, 'a topic')
  metrics.dial('reached', 1_500)
  metrics.dial('failed', 500)
  t.equal(host.counters.get(`${PREFIX}dial_seconds_sum{a topic}`), 2)
  t.equal(host.counters.get(`${PREFIX}dial_seconds_count{a topic}`), 2)
  t.equal(host.counters.get(`${PREFIX}dials_total{a topic}`), 2)
  const none = new DiscoveryMetrics(undefined, 'a topic')
  t.doesNotThrow(() => none.dial('reached', 1))
})

test('a node of libp2p 2 counts and measures as one of libp2p 3 does', async t => {
  const peer = await startNode(t, { name: 'peer' })
  const { observed, counters, host } = hostMetrics()
  const node = await startNode2(t, { bootstrapPeers: [addrOf(peer)] }, { metrics: () => host as never })
  await until(() => node.services.discovery.addressBook.size === 1 && counters.get('published_total')! > 0)
  for (const name of ['dials_reached_total', 'announcements_joined_total', 'sync_sent_bytes_total', 'received_total']) {
    t.ok(counters.get(name)! > 0, name)
  }
  t.equal(counters.get('warnings_total'), 0)
  const names = new Set(observed.map(([name]) => name))
  for (const name of ['dial_seconds', 'record_age_seconds', 'sync_sent_frame_bytes', 'sync_received_frame_bytes']) {
    t.ok(names.has(name), name)
  }
})

const DIGEST = {
  ...{ type: 'digest' as const, salt: 0, room: 'all' as const },
  ...{ buckets: new Uint32Array(), sure: new Uint8Array() }
}

function recorded(): { observed: [string, number][]; metrics: DiscoveryMetrics } {
  const { observed, host } = hostMetrics()
  return { observed, metrics: new DiscoveryMetrics(host, 'a topic') }
}

/** Metrics of a host, which remember what they are told; names without their prefix. */
function hostMetrics() {
  const observed: [string, number][] = []
  const counters = new Map<string, number>()
  const nothing = (): void => {}
  const group = (name: string) => ({
    update: nothing,
    increment: (values: Record<string, number>): void => {
      const key = name.replace(PREFIX, '')
      for (const count of Object.values(values)) counters.set(key, (counters.get(key) ?? 0) + count)
    },
    decrement: nothing,
    reset: nothing,
    timer: () => nothing,
    observe: (values: Record<string, number>): void => {
      for (const value of Object.values(values)) observed.push([name.replace(PREFIX, ''), value])
    }
  })
  const single = () => ({
    update: nothing,
    increment: nothing,
    decrement: nothing,
    observe: nothing,
    reset: nothing,
    timer: () => nothing
  })
  const host = {
    ...{ registerMetric: single, registerCounter: single, registerHistogram: single, registerSummary: single },
    ...{
      registerMetricGroup: group,
      registerCounterGroup: group,
      registerHistogramGroup: group,
      registerSummaryGroup: group
    },
    ...{ trackMultiaddrConnection: nothing, trackProtocolStream: nothing },
    traceFunction: (_: string, traced: unknown) => traced,
    createTrace: nothing
  } as unknown as Metrics
  return { observed, counters, host }
}
