/** How announcements spread over one fixed graph of connections: what is compared between gossipsub and its model. */
import { percentilesOf } from '../src/statistics/median.ts'

export interface Graph {
  readonly nodes: number
  /** Who dials whom. */
  readonly dials: readonly (readonly [dialler: number, listener: number])[]
}

export interface Spread {
  /** Copies that a node receives of one announcement, the first included, on average over all nodes but its author. */
  readonly copies: number
  /** Share of (announcement, node) pairs that were reached. */
  readonly reached: number
  /** From publication to the first copy, in ms: over all announcements and nodes. */
  readonly delaysMs: { readonly p50: number; readonly p95: number; readonly max: number }
  /** Received by one node in one second while announcements are published, all protocols together. */
  readonly bytesPerSecond: number
}

/** One way, over every connection: far more than 30 nodes in one process take to handle a message. */
export const LATENCY_MS = 200
/** Meshes have formed by then. */
export const FORMING_MS = 10_000
/** Each node publishes one announcement in turn, this long after the former. */
export const PUBLISH_INTERVAL_MS = 500
/** Lazy gossip has brought what the mesh has not. */
export const DRAIN_MS = 4_000
export const ANNOUNCEMENTS = 40
export const ENVELOPE_BYTES = 261

export function spreadOf(
  nodes: number,
  delaysMs: readonly number[],
  copies: number,
  bytes: number,
  elapsedMs: number
): Spread {
  const { p50, p95, max } = percentilesOf(delaysMs)
  const pairs = ANNOUNCEMENTS * (nodes - 1)
  return {
    copies: copies / pairs,
    reached: delaysMs.length / pairs,
    delaysMs: { p50, p95, max },
    bytesPerSecond: bytes / nodes / (elapsedMs / 1_000)
  }
}
