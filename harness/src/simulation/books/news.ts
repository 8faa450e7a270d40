import type { AgedRecord } from '@gossip-discovery/libp2p/core'
import type { Core } from '../host/world.ts'
import type { RowStore } from './row-store.ts'

/**
 * The records of a message that could matter to a core, as its adapter would find out one by one: thousands of cores are handed
 * thousands of records each, most of them known.
 *
 * @param store - where the core's book has its entries
 */
export function newsAmong(records: readonly AgedRecord[], core: Core, store: RowStore): readonly AgedRecord[] {
  const isClear = core.book.tombstones === 0 && store.isClearOf(records)
  if (isClear && records.every(isInTime)) return records
  return records.filter(aged => (isClear ? isInTime(aged) : matters(aged, core, store)))
}

function isInTime({ record, ageMs }: AgedRecord): boolean {
  const { ttlMs, leaving } = record.announcement
  return ageMs < ttlMs || leaving
}

function matters(aged: AgedRecord, core: Core, store: RowStore): boolean {
  const { record, ageMs } = aged
  // No simulated forwarder lies about an age: no copy of what is listed makes it younger.
  if (store.knows(record)) return false
  const listed = store.recordOf(record)
  if (listed === record) return false
  if (listed === undefined && core.book.tombstones === 0 && !store.isOwn(record)) return isInTime(aged)
  const interest = core.interestIn(record.announcement, ageMs)
  return interest !== 'known' && interest !== 'outlived'
}
