/** Long messages in pieces: over a link that may be cut at any time, what has arrived whole is not sent again. */
import { bucketOf, type SummaryItem, type SummaryMessage, type SyncMessage } from '../../../core/index.ts'

/** About what an item or a record takes besides its peer id or its envelope. */
const ITEM_BYTES = 66
const RECORD_BYTES = 10
const FRAME_BYTES = 32

/** About what a message takes on the wire, never less. */
export function wireBytesOf(message: SyncMessage): number {
  switch (message.type) {
    case 'digest':
      return FRAME_BYTES + 4 * message.buckets.length
    case 'records':
    case 'push':
      return message.records.reduce((sum, { record }) => sum + record.envelopeBytes + RECORD_BYTES, FRAME_BYTES)
    case 'summary':
      return FRAME_BYTES + message.buckets.length + message.items.length * ITEM_BYTES
    case 'want':
      return FRAME_BYTES + message.peers.length * ITEM_BYTES
    case 'suspicions':
      return FRAME_BYTES + message.suspicions.length * ITEM_BYTES
    default:
      return FRAME_BYTES
  }
}

/**
 * The same message in several, which together say what it says, in its order.
 *
 * @param maxBytes - of each piece on the wire; only a record, or a bucket of a summary, that is longer than this by itself goes beyond it
 */
export function piecesOf(message: SyncMessage, maxBytes: number): SyncMessage[] {
  if (wireBytesOf(message) <= maxBytes) return [message]
  const items = Math.max(1, Math.floor((maxBytes - FRAME_BYTES) / ITEM_BYTES))
  switch (message.type) {
    case 'records':
    case 'push':
      return grouped(message.records, ({ record }) => record.envelopeBytes + RECORD_BYTES, maxBytes - FRAME_BYTES).map(
        records => ({ ...message, records })
      )
    case 'want':
      return grouped(message.peers, () => 1, items).map(peers => ({ ...message, peers }))
    case 'suspicions':
      return grouped(message.suspicions, () => 1, items).map(suspicions => ({ ...message, suspicions }))
    case 'summary':
      return summaryPieces(message, items)
    default:
      return [message]
  }
}

/** A bucket that a summary names stays whole: what is missing from it would be taken as lacking here. */
function summaryPieces({ buckets, items }: SummaryMessage, maxItems: number): SyncMessage[] {
  const named = new Map(buckets.map(bucket => [bucket, [] as SummaryItem[]]))
  const others: SummaryItem[] = []
  for (const item of items) (named.get(bucketOf(item.peer)) ?? others).push(item)
  const ofNamed = grouped([...named], ([, ofBucket]) => Math.max(1, ofBucket.length), maxItems).map(part => ({
    type: 'summary' as const,
    buckets: part.map(([bucket]) => bucket),
    items: part.flatMap(([, ofBucket]) => ofBucket)
  }))
  const ofOthers = grouped(others, () => 1, maxItems).map(part => ({
    type: 'summary' as const,
    buckets: [],
    items: part
  }))
  return [...ofNamed, ...ofOthers]
}

/** In order, in groups whose sizes add up to `max` at most; an item that is larger makes a group of its own. */
function grouped<Item>(items: readonly Item[], sizeOf: (item: Item) => number, max: number): Item[][] {
  const groups: Item[][] = []
  let size = Number.POSITIVE_INFINITY
  for (const item of items) {
    const itemSize = sizeOf(item)
    size += itemSize
    if (size > max) {
      groups.push([])
      size = itemSize
    }
    groups.at(-1)!.push(item)
  }
  return groups
}
