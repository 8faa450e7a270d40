/** What the service counts, in libp2p's metrics; names after Prometheus' conventions. */
import type { CounterGroup, Metrics } from '@libp2p/interface'
import type { DialOutcome } from '../../core/effects.ts'

const PREFIX = 'libp2p_gossip_discovery'

/** Reads the present values of the gauges. */
export interface Gauges {
  bookEntries(): number
  partners(): number
}

/** Does nothing on a host without metrics. */
export class DiscoveryMetrics {
  readonly #announcements: CounterGroup | undefined
  readonly #syncs: CounterGroup | undefined
  readonly #syncBytes: CounterGroup | undefined
  readonly #suspicions: CounterGroup | undefined
  readonly #dials: CounterGroup | undefined
  readonly #warnings: CounterGroup | undefined

  constructor(metrics: Metrics | undefined, gauges: Gauges) {
    metrics?.registerMetric(`${PREFIX}_book_entries`, {
      help: 'Peers in the address book',
      calculate: gauges.bookEntries
    })
    metrics?.registerMetric(`${PREFIX}_partners`, {
      help: 'Peers with an open sync stream',
      calculate: gauges.partners
    })
    this.#announcements = metrics?.registerCounterGroup(`${PREFIX}_announcements_total`, {
      label: 'result',
      help: 'Announcements received, by what became of them'
    })
    this.#syncs = metrics?.registerCounterGroup(`${PREFIX}_sync_streams_total`, {
      label: 'event',
      help: 'Sync streams opened and closed'
    })
    this.#syncBytes = metrics?.registerCounterGroup(`${PREFIX}_sync_bytes_total`, {
      label: 'direction',
      help: 'Bytes of sync frames'
    })
    this.#suspicions = metrics?.registerCounterGroup(`${PREFIX}_suspicions_total`, {
      label: 'event',
      help: 'Peers suspected to be gone, and suspicions that the suspect refuted: those were false'
    })
    this.#dials = metrics?.registerCounterGroup(`${PREFIX}_dials_total`, {
      label: 'result',
      help: 'Dials to found, lost and suspected peers'
    })
    this.#warnings = metrics?.registerCounterGroup(`${PREFIX}_warnings_total`, {
      label: 'code',
      help: 'Warnings to the operator: what the node cannot mend by itself. Alert on any increase'
    })
  }

  /** @param result - a change of the book, or the reason why there was none */
  announcement(result: string): void {
    this.#announcements?.increment({ [result]: true })
  }

  syncStream(event: 'opened' | 'closed'): void {
    this.#syncs?.increment({ [event]: true })
  }

  syncBytes(direction: 'sent' | 'received', bytes: number): void {
    this.#syncBytes?.increment({ [direction]: bytes })
  }

  suspicion(event: 'suspected' | 'refuted'): void {
    this.#suspicions?.increment({ [event]: true })
  }

  dial(result: DialOutcome): void {
    this.#dials?.increment({ [result]: true })
  }

  warning(code: string): void {
    this.#warnings?.increment({ [code]: true })
  }
}
