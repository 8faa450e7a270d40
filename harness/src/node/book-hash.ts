import { createHash } from 'node:crypto'
import type { BookEntry } from '../contract.ts'

/** With all fields, as the books of this program have them. */
export type HashedEntry = { [Field in keyof BookEntry]-?: NonNullable<BookEntry[Field]> }

/**
 * SHA-256 in hex over what must be equal everywhere: one line `peerId epoch name addrs` for each node, the own one too, in
 * order of peer id; addresses sorted and joined by commas. Not seq, which moves with every heartbeat.
 */
export function bookHash(entries: readonly HashedEntry[]): string {
  const lines = entries
    .map(({ peerId, epoch, name, addrs }) => `${peerId} ${epoch} ${name} ${[...addrs].sort().join()}\n`)
    .sort()
  return createHash('sha256').update(lines.join('')).digest('hex')
}
