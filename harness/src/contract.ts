/**
 * The node contract: the lines that a node under test writes to stdout and reads from stdin, one JSON object a line.
 *
 * This file is the only thing that a node program and the harness share. docs/CONTRACT.md says it in prose and
 * docs/contract.schema.json is generated from it.
 */
import { z } from 'zod'

/** Major version of the contract, as `v` in a `ready` line. */
export const CONTRACT_VERSION = 1

/** A longer line is cut off and reported; a book of 4,000 entries fits. */
export const MAX_LINE_BYTES = 2 ** 20

// Text of a node is printed in reports: no control characters, and bounds that keep one entry on one line.
const text = (maxLength: number) =>
  z
    .string()
    .max(maxLength)
    .regex(/^\P{Cc}*$/u, 'must not contain control characters')
const count = z.number().int().nonnegative().max(Number.MAX_SAFE_INTEGER)
const peerId = text(128).min(1)
const addrs = z.array(text(512)).max(64)

/** What an address book knows of one peer. `epoch` is the start of the peer's run in ms since 1970. */
const entry = z.object({ peerId, name: text(256), addrs, epoch: count, seq: count })

const ready = z.object({
  type: z.literal('ready'),
  v: z.literal(CONTRACT_VERSION),
  node: text(256).describe('the name that --name gave'),
  peerId,
  addrs: addrs.describe('where the node can be dialled, and what others must list for it'),
  epoch: count.describe('start of this run, ms since 1970; greater after every restart')
})
const announced = z.object({ type: z.literal('announced'), seq: count, recipients: count })
const joined = entry.extend({ type: z.literal('joined') })
const updated = entry.extend({ type: z.literal('updated') })
const left = z.object({ type: z.literal('left'), peerId })
const expired = z.object({ type: z.literal('expired'), peerId })
const book = z.object({
  type: z.literal('book'),
  entries: z.array(entry).describe('every other peer; never the node itself'),
  hash: text(128).optional().describe('over the entries and the node itself; equal hashes mean equal networks')
})
const stats = z.object({
  type: z.literal('stats'),
  rx: count.describe('announcements received, duplicates too'),
  tx: count.describe('announcements sent'),
  rejected: z.record(text(64), count).describe('announcements refused, by reason'),
  rssBytes: count,
  cpuMs: z.number().nonnegative(),
  loopLagMs: z.number().nonnegative().describe('longest delay of the event loop since the last stats line'),
  connections: count.optional()
})

/** Every line that a node may write to stdout. */
export const nodeLineSchema = z.discriminatedUnion('type', [
  ready,
  announced,
  joined,
  updated,
  left,
  expired,
  book,
  stats
])

/** Every line that the harness may write to a node's stdin. */
export const commandSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('dump') }),
  z.object({ type: z.literal('dial'), addrs }),
  z.object({ type: z.literal('leave') }),
  z.object({ type: z.literal('stop') })
])

export type BookEntry = z.infer<typeof entry>
export type NodeLine = z.infer<typeof nodeLineSchema>
export type Command = z.infer<typeof commandSchema>
