/** A run while it goes on, as live views are shown it. */
import { isBookFull } from '../../history/network.ts'
import type { Network } from '../../history/observed.ts'
import { amountText } from '../../judge/wording.ts'
import type { Happenings } from './happenings.ts'

export interface RunSoFar {
  readonly network: Network
  readonly happenings: Happenings
  /** Of the run, in its own time. */
  readonly nowMs: number
  /** Virtual time that passes in a second of the host; undefined where time is real. */
  readonly speed?: number | undefined
  /** Of a page that shows the run, too. */
  readonly pageUrl?: string | undefined
}

/** How much of the run has come about. */
export interface Share {
  readonly label: 'ready' | 'books' | 'pairs'
  readonly done: number
  readonly of: number
}

/** Nodes that are ready, books that are right, and pairs that know each other; of a digest only what it tells. */
export function sharesOf(network: Network): Share[] {
  const { counts, nodes, live, later, agreeing } = network
  if (counts !== undefined) return [{ label: 'pairs', done: counts.right, of: pairsOf(counts.live) }]
  const full = [...live].filter(run => isBookFull(network, run)).length
  return [
    { label: 'ready', done: live.size, of: live.size + network.awaited || nodes.size - later.size },
    { label: 'books', done: full, of: live.size },
    { label: 'pairs', done: agreeing, of: pairsOf(live.size) }
  ]
}

function pairsOf(nodes: number): number {
  return nodes * Math.max(0, nodes - 1)
}

/** `1,234 times real time` */
export function speedText(speed: number): string {
  return `${amountText(speed < 10 ? Math.round(speed * 10) / 10 : Math.round(speed))} times real time`
}

/** Seconds to a tenth: more digits would only flicker. */
export function tenths(ms: number): string {
  return `${(ms / 1_000).toFixed(1)} s`
}
