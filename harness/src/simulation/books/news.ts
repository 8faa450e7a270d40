import type { AgedRecord } from 'libp2p-gossip-discovery/core'
import type { Core } from '../world.ts'
import type { ColumnStore } from './column-store.ts'

/**
 * The records of a message that could matter to a core, as its adapter would find out one by one: thousands of cores are handed
 * thousands of records each, most of them known.
 *
 * @param store - where the core's book has its entries
 */
export function newsAmong(records: readonly AgedRecord[], core: Core, store: ColumnStore): readonly AgedRecord[] {
  const isClear = core.book.tombstones === 0 && store.isClearOf(records)
  if (isClear && records.every(isInTime)) return records
  return records.filter(aged => isInTime(aged) && (isClear || matters(aged, core, store)))
}

function isInTime({ record, ageMs }: AgedRecord): boolean {
  const { ttlMs, leaving } = record.announcement
  return ageMs < ttlMs || leaving
}

function matters({ record }: AgedRecord, core: Core, store: ColumnStore): boolean {
  if (store.knows(record)) return false
  const listed = store.recordOf(record)
  return listed !== record && core.isNews(record.announcement)
}
