/**
 * The node contract: the lines that a node under test writes to stdout and reads from stdin, one JSON object a line.
 *
 * This file is the only thing that a node program and the harness share. docs/CONTRACT.md says it in prose and
 * docs/contract.schema.json is generated from it.
 */
import { z } from 'zod'
import { ABILITIES, BOOK_FIELDS, CONTRACT_VERSION } from './contract-words.ts'

export * from './contract-words.ts'

// Text of a node is printed in reports: no control characters, and bounds that keep one entry on one line.
const text = (maxLength: number) =>
  z
    .string()
    .max(maxLength)
    .regex(/^\P{Cc}*$/u, 'must not contain control characters')
const count = z.number().int().nonnegative().max(Number.MAX_SAFE_INTEGER)
const peerId = text(128).min(1)
const addrs = z.array(text(512)).max(64)

/** Words that nobody knows are ignored: a later version may have more of them. */
const words = z.array(text(32)).max(32)

/** What an address book knows of one peer: the fields that `ready` names. `epoch` is the start of the peer's run, ms since 1970. */
const entry = z.object({
  peerId,
  name: text(256).optional(),
  addrs: addrs.optional(),
  epoch: count.optional(),
  seq: count.optional()
})

const ready = z
  .object({
    type: z.literal('ready'),
    v: z.literal([1, CONTRACT_VERSION], { error: ({ input }) => whyNotRead(input) }),
    node: text(256).describe('the name that --name gave'),
    peerId,
    addrs: addrs.describe('where the node can be dialled, and what others must list for it'),
    epoch: count.optional().describe('start of this run, ms since 1970; greater after every restart'),
    fields: words.optional().describe(`what its books hold of a peer beside its id, of ${BOOK_FIELDS.join(', ')}`),
    can: words.optional().describe(`of ${ABILITIES.join(', ')}`)
  })
  .superRefine((line, context) => {
    const missing = (path: string, message: string) => context.addIssue({ code: 'custom', path: [path], message })
    if (line.v === CONTRACT_VERSION && line.fields === undefined) missing('fields', 'is missing, and part of version 2')
    if (line.v === CONTRACT_VERSION && line.can === undefined) missing('can', 'is missing, and part of version 2')
    if (line.epoch === undefined && bookFieldsOf(line).includes('epoch')) {
      missing('epoch', 'is missing, though books hold the epochs of others')
    }
  })
const announced = z.object({ type: z.literal('announced'), seq: count.optional(), recipients: count.optional() })
const joined = entry.extend({ type: z.literal('joined') })
const updated = entry.extend({ type: z.literal('updated') })
const left = z.object({ type: z.literal('left'), peerId })
const expired = z.object({ type: z.literal('expired'), peerId })
const book = z.object({
  type: z.literal('book'),
  entries: z.array(entry).describe('every other peer; never the node itself'),
  hash: text(128).optional().describe('over the entries and the node itself; equal hashes mean equal networks')
})
const settled = z.object({
  type: z.literal('settled').describe('nothing in the book has changed for a while: what the events told is at rest')
})
const links = z.object({
  type: z.literal('links'),
  peerIds: z.array(peerId).max(4_096).describe('every peer that the node is connected to')
})
const clock = z.object({
  type: z.literal('clock'),
  nowMs: z.number().describe('what the clock of the node shows, ms since 1970')
})

/** What a program can tell; the harness reads the costs of its processes for itself. */
const stats = z.object({
  type: z.literal('stats'),
  rx: count.optional().describe('announcements received, duplicates too'),
  tx: count.optional().describe('announcements sent'),
  rejected: z.record(text(64), count).optional().describe('announcements refused, by reason'),
  rssBytes: count.optional(),
  cpuMs: z.number().nonnegative().optional(),
  loopLagMs: z.number().nonnegative().optional().describe('longest delay of the event loop since the last stats line'),
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
  settled,
  book,
  links,
  clock,
  stats
])

/** Every line that the harness may write to a node's stdin. */
export const commandSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('dump') }),
  z.object({ type: z.literal('dial'), addrs }),
  z.object({ type: z.literal('leave') }),
  z.object({
    type: z.literal('clock'),
    offsetMs: z.number().describe('how far the clock that the program sees is to be ahead of that of the host')
  }),
  z.object({ type: z.literal('stop') })
])

/** A node's name in the run, unique: `n1`, `n2`, ... A label of the harness, which --name gives, never a peer id. */
export type NodeName = string

export type BookEntry = z.infer<typeof entry>
export type NodeLine = z.infer<typeof nodeLineSchema>
export type Command = z.infer<typeof commandSchema>

export type BookField = (typeof BOOK_FIELDS)[number]
export type Ability = (typeof ABILITIES)[number]

/** What the books of a program hold of a peer beside its id. Version 1 had no choice. */
export function bookFieldsOf({ v, fields = [] }: { v: number; fields?: string[] | undefined }): readonly BookField[] {
  return v === 1 ? BOOK_FIELDS : BOOK_FIELDS.filter(field => fields.includes(field))
}

/** What a program can do beyond what every run needs. Version 1 had two of these, and no word for them. */
export function abilitiesOf({ v, can = [] }: { v: number; can?: string[] | undefined }): readonly Ability[] {
  return v === 1 ? ['leave', 'key'] : ABILITIES.filter(ability => can.includes(ability))
}

function whyNotRead(version: unknown): string {
  return Number.isInteger(version) && (version as number) > CONTRACT_VERSION
    ? `the program keeps version ${version} of the contract, and this harness reads 1 and ${CONTRACT_VERSION}: use a newer harness`
    : `expected 1 or ${CONTRACT_VERSION}`
}

/**
 * Nodes that share one process (`--per-process`): our own program alone can be many nodes. Each line that it writes bears the
 * name of its node as `node`, first, and so does each command that it reads.
 */
export type SharedCommand = { readonly node: NodeName } & (
  | Command
  /** To be one more node, with the flags of the contract. */
  | { readonly type: 'start'; readonly args: readonly string[] }
)

/** What a shared process writes beside the lines of its nodes. */
export type SharedLine = { readonly node: NodeName } & (
  | NodeLine
  /** Prose of one node. What no node can be told apart for goes to stderr. */
  | { readonly type: 'log'; readonly text: string }
  /** The node has ended, and its neighbours go on. */
  | { readonly type: 'ended'; readonly code: number }
  /** Code of this node threw, which ends the process with all of its nodes. */
  | { readonly type: 'broke' }
)
