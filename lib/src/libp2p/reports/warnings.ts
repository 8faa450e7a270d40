/** Tells the operator what the node cannot mend by itself: an event, a line in the log, and a metric. */
import type { Logger } from '@libp2p/interface'
import type { WarningCode } from '../../core/effects.ts'
import { monotonicMs } from '../clock.ts'
import { isTimeout } from '../host/within.ts'
import type { DiscoveryMetrics } from './metrics.ts'

/** A warning of this adapter comes at most so often for each code; the core keeps the same interval for its own. */
const WARNING_INTERVAL_MS = 60_000

/** What an operator has to know: a closed list. */
export type GossipDiscoveryWarningCode =
  | WarningCode
  /** Libp2p, its pubsub or its datastore did not answer a call in time. The node goes on without the answer. */
  | 'host-unresponsive'

/** Something that the node cannot mend by itself; told at most once a minute for each code. */
export interface GossipDiscoveryWarning {
  readonly code: GossipDiscoveryWarningCode
  /** In a sentence: what was seen, and what to do. */
  readonly message: string
}

/** How often each warning was told. */
export type WarningCounts = Partial<Record<GossipDiscoveryWarningCode, number>>

export class Warnings {
  /** BOUNDED by the codes, as is `#toldAtMs`. */
  readonly #counts: WarningCounts = {}
  readonly #toldAtMs = new Map<GossipDiscoveryWarningCode, number>()
  readonly #log: Logger
  readonly #metrics: DiscoveryMetrics
  readonly #emit: (warning: GossipDiscoveryWarning) => void

  constructor(log: Logger, metrics: DiscoveryMetrics, emit: (warning: GossipDiscoveryWarning) => void) {
    this.#log = log
    this.#metrics = metrics
    this.#emit = emit
  }

  counts(): WarningCounts {
    return { ...this.#counts }
  }

  /** Tells a warning of the core, which comes seldom enough. */
  tell(warning: GossipDiscoveryWarning): void {
    const { code, message } = warning
    this.#toldAtMs.set(code, monotonicMs())
    this.#counts[code] = (this.#counts[code] ?? 0) + 1
    this.#metrics.warning(code)
    this.#log.error('%s: %s', code, message)
    this.#emit(warning)
  }

  /** Tells a warning of the adapter, unless one of the same code was told a moment ago. The debug log has all of them. */
  tellSeldom(code: GossipDiscoveryWarningCode, message: string): void {
    const toldAtMs = this.#toldAtMs.get(code) ?? Number.NEGATIVE_INFINITY
    if (monotonicMs() - toldAtMs < WARNING_INTERVAL_MS) this.#log('%s: %s', code, message)
    else this.tell({ code, message })
  }

  /** Tells that the host did not answer in time; every other error is the business of the caller. Returns whether it was that. */
  tellTimeout(error: unknown): boolean {
    if (!isTimeout(error)) return false
    this.tellSeldom('host-unresponsive', `${error.message.replace(/^Timeout: /, '')}; see what keeps the host busy`)
    return true
  }
}
