/**
 * All metrics of the service: closed lists, which the compiler holds to what is counted, and a test to docs/guide/metrics.md.
 *
 * A metric of libp2p has one label. Here it is always the topic, so that two networks on one node have lines of their own, and what
 * is counted apart is a metric apart: `dials_total`, and of these `dials_reached_total`, `dials_failed_total` ...
 */

/** What all names begin with. */
export const METRIC_PREFIX = 'libp2p_gossip_discovery'

interface Counted {
  readonly help: string
  /** Stands before `_total`, as Prometheus asks. */
  readonly unit?: 'bytes'
  /** What it is counted by apart; docs/guide/metrics.md says what each means, and spares a page the words. */
  readonly kinds: readonly string[]
}

interface Measured {
  readonly help: string
  /** Upper bounds, in the unit in which the name ends. */
  readonly buckets: readonly number[]
}

export const GAUGES = {
  book_entries: 'Peers in the address book',
  partners: 'Peers with an open sync stream'
} as const

export const COUNTERS = {
  announcements: {
    help: 'Changes of the address book, and announcements that were refused',
    kinds: [
      'joined',
      'updated',
      'left',
      'expired',
      'evicted',
      'stale',
      'outlived',
      'book-full',
      'own',
      'rate-limited',
      'over-budget',
      'malformed-frame',
      'malformed-envelope',
      'unknown-payload-type',
      'unknown-version',
      'too-large',
      'unsupported-key',
      'malformed-payload',
      'duplicate-key',
      'unknown-key',
      'missing-key',
      'wrong-type',
      'not-canonical',
      'wrong-peer',
      'bad-epoch',
      'bad-seq',
      'ttl-out-of-bounds',
      'bad-text',
      'name-too-long',
      'control-character',
      'too-many-addrs',
      'bad-addr',
      'metadata-too-large',
      'bad-signature'
    ]
  },
  received: { help: 'Announcements received over gossip and sync streams, heartbeats and copies too', kinds: [] },
  published: {
    help: 'Announcements that this node published, heartbeats too',
    kinds: ['unheard']
  },
  sync_streams: { help: 'Sync streams opened', kinds: ['closed'] },
  sync: {
    help: 'Bytes of sync frames',
    unit: 'bytes',
    kinds: ['sent', 'received']
  },
  suspicions: {
    help: 'Peers suspected to be gone',
    kinds: ['refuted']
  },
  dials: {
    help: 'Dials to found, lost and suspected peers',
    kinds: ['reached', 'refused', 'failed', 'withheld']
  },
  warnings: {
    help: 'Warnings to the operator about what the node cannot mend by itself',
    kinds: ['key-in-use', 'cannot-announce', 'overloaded', 'eclipsed', 'eclipse-over', 'host-unresponsive']
  }
} as const satisfies Record<string, Counted>

export const HISTOGRAMS = {
  probe_round_trip_seconds: {
    help: 'From a probe to the answer of the partner',
    // From two processes of one host to 1.5 s, after which a partner is silent (PROBE_TIMEOUT_MS); late answers are in the last two.
    buckets: [0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 1.5, 5]
  },
  sync_seconds: {
    help: 'From a digest sent to the records that this node lacked, in its book; nothing where it lacked none',
    // One round trip and up to some 330 records a frame at 0.15 ms each (MAX_RECORDS_BYTES); large books come in many frames.
    buckets: [0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10]
  },
  dial_seconds: {
    help: 'From the start of a dial to its end, however it ended',
    // A handshake on one host takes 13-21 ms of processor time; libp2p gives up after 10 s.
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]
  },
  record_age_seconds: {
    help: 'Age of records at their arrival over a sync stream, as the forwarder states it. Gossip states none',
    // Pushed records are milliseconds old; beyond 30 s, the default ttl, only large networks have records, whose ttl stretches.
    buckets: [0.01, 0.1, 0.5, 1, 2.5, 5, 10, 20, 30, 60, 300, 1_800]
  },
  sync_sent_frame_bytes: {
    help: 'Size of sync frames sent',
    // Powers of four from a pong to the longest frame (MAX_FRAME_BYTES).
    buckets: [16, 64, 256, 1_024, 4_096, 16_384, 65_536, 131_072]
  },
  sync_received_frame_bytes: {
    help: 'Size of sync frames received',
    buckets: [16, 64, 256, 1_024, 4_096, 16_384, 65_536, 131_072]
  }
} as const satisfies Record<string, Measured>

export type Gauge = keyof typeof GAUGES
export type Counter = keyof typeof COUNTERS
export type Histogram = keyof typeof HISTOGRAMS

/** What a counter is counted by apart. */
export type KindOf<Name extends Counter> = (typeof COUNTERS)[Name]['kinds'][number]

/** @param kind - empty for the metric over all kinds */
export function counterName(counter: Counter, kind: string): string {
  const { unit }: Counted = COUNTERS[counter]
  return [METRIC_PREFIX, counter, kind.replaceAll('-', '_'), unit ?? '', 'total'].filter(part => part !== '').join('_')
}

/** @param kind - empty for the metric over all kinds */
export function counterHelp(counter: Counter, kind: string): string {
  const { help } = COUNTERS[counter]
  return kind === '' ? help : `${help}: ${kind}`
}
