/** How long a partner takes to answer on one sync stream; for the metrics alone, nothing is decided by it. */
import type { AgedRecord, PeerKey } from '../../core/index.ts'
import { monotonicMs } from '../clock.ts'
import type { DiscoveryMetrics } from '../reports/metrics.ts'

/** What comes later than this after a digest was asked for otherwise: where both books are equal, a digest has no answer. */
const MAX_SYNC_MS = 10_000

export class StreamTimes {
  readonly #metrics: DiscoveryMetrics
  /** The two ends: a stream begins with what they say of themselves. */
  readonly #ends: readonly PeerKey[]
  /** When the oldest probe was sent that has no answer. */
  #probedAtMs: number | undefined
  /** When the last digest was sent, until records come. */
  #askedAtMs: number | undefined

  constructor(metrics: DiscoveryMetrics, ends: readonly PeerKey[]) {
    this.#metrics = metrics
    this.#ends = ends
  }

  /** A message has left. */
  sent({ type }: { readonly type: string }): void {
    if (type === 'ping') this.#probedAtMs ??= monotonicMs()
    else if (type === 'digest') this.#askedAtMs = monotonicMs()
  }

  /** The partner has answered a probe, or shown that it is busy. */
  answered(): void {
    if (this.#probedAtMs !== undefined) this.#metrics.probe(monotonicMs() - this.#probedAtMs)
    this.#probedAtMs = undefined
  }

  /** Records of the partner are in the book. */
  took(records: readonly AgedRecord[]): void {
    if (this.#askedAtMs === undefined) return
    if (records.every(({ record }) => this.#ends.includes(record.announcement.peer))) return
    const durationMs = monotonicMs() - this.#askedAtMs
    this.#askedAtMs = undefined
    if (durationMs <= MAX_SYNC_MS) this.#metrics.synced(durationMs)
  }
}
