/** Every pair of an observer that runs and a subject, looked at once when the run is over. */
import type { Ledger } from './ledger.ts'

export interface Pair {
  readonly observer: number
  readonly subject: number
}

/** Pairs that are kept by name; the others are counted. */
const MAX_PAIRS = 1_000

export class Pairs {
  /** BOUNDED by MAX_PAIRS: the first ones. */
  readonly some: Pair[] = []
  readonly byObserver = new Map<number, number>()
  readonly bySubject = new Map<number, number>()
  count = 0

  add(pair: Pair): void {
    this.count++
    this.byObserver.set(pair.observer, (this.byObserver.get(pair.observer) ?? 0) + 1)
    this.bySubject.set(pair.subject, (this.bySubject.get(pair.subject) ?? 0) + 1)
    if (this.some.length < MAX_PAIRS) this.some.push(pair)
  }
}

export interface BooksInTheEnd {
  /** A node that runs is not listed. */
  readonly missing: Pairs
  /** The same, and a fault in force is at one of the two. */
  readonly cut: Pairs
  /** A node is listed that does not run, or under a key that it has no more. */
  readonly ghosts: Pairs
  /** A former run of a node is listed. */
  readonly former: Pairs
}

/** O(N^2), unless all books are right. */
export function booksInTheEnd(ledger: Ledger): BooksInTheEnd {
  const found = { missing: new Pairs(), cut: new Pairs(), ghosts: new Pairs(), former: new Pairs() }
  const { agreement, machines } = ledger
  if (agreement.isFull) return found
  for (const { index: observer } of machines) {
    if (ledger.running(observer) === undefined) continue
    for (const { index: subject } of machines) {
      if (subject === observer) continue
      const other = ledger.running(subject)
      if (!agreement.isListed(observer, subject)) {
        if (other === undefined) continue
        const isCut = ledger.isHit(observer) || ledger.isHit(subject)
        found[isCut ? 'cut' : 'missing'].add({ observer, subject })
      } else if (other === undefined) found.ghosts.add({ observer, subject })
      else if (!agreement.isCurrent(observer, subject)) found.former.add({ observer, subject })
    }
  }
  return found
}
