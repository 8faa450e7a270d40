/** Live nodes that were dropped, and what that breaks. */

export interface SeenDrop {
  readonly observer: number
  readonly observerRun: number
  readonly subject: number
  readonly subjectRun: number
  readonly how: 'left' | 'expired'
  readonly atMs: number
  /** While the network was whole, and not just after a fault of one of the two. */
  readonly isUncalledFor: boolean
  /** No fault was in force at either, nor within the grace before. */
  readonly isHealthy: boolean
}

/** Drops that are kept; the first ones tell. */
const MAX_DROPS = 10_000

export class DropLog {
  /** BOUNDED by MAX_DROPS. */
  readonly all: SeenDrop[] = []

  add(drop: SeenDrop): void {
    if (this.all.length < MAX_DROPS && (drop.isUncalledFor || drop.isHealthy)) this.all.push(drop)
  }
}
