/** What only a simulation can measure, as result.json holds it: it sees every message, and every book at every moment. */
import { z } from 'zod'
import { listShape } from './lists.ts'

export const MAX_JOINS = 200
export const MAX_DETECTIONS = 100

const ms = z.number().nonnegative()
const count = z.number().int().nonnegative()
const amount = z.number().nonnegative()

const join = z.object({
  node: z.string(),
  run: count,
  startedAtMs: ms,
  fullMs: ms.optional().describe('from its start until its own book listed every live node'),
  visible50Ms: ms.optional().describe('from its start until half of the live nodes listed it'),
  visible99Ms: ms.optional(),
  visible100Ms: ms.optional()
})

const detection = z.object({
  node: z.string(),
  cause: z.string(),
  goneAtMs: ms,
  observers: count.describe('nodes that listed it'),
  droppedBy: count,
  firstMs: ms.optional(),
  lastMs: ms.optional()
})

const rate = z.object({
  bytesPerSecond: amount,
  wireBytesPerSecond: amount.describe(
    'with the headers of TCP and IP, and a segment of acknowledgement for each message'
  ),
  messagesPerSecond: amount,
  bytesPerSecondByKind: z.object({ gossip: amount, control: amount, sync: amount, connection: amount }),
  duplicatesPerAnnouncement: amount
})

export const simulationSchema = z.object({
  fingerprint: z.string().describe('of all that was observed: equal for equal options'),
  events: count.describe('what happened: messages, timers, faults'),
  virtualMs: ms,
  filledMs: z
    .object({ 50: ms.optional(), 99: ms.optional(), 100: ms.optional() })
    .describe('when so many percent of all pairs of the nodes that start at once were listed'),
  ...listShape('joins', join, MAX_JOINS, 'how each process became part of the network'),
  ...listShape('detections', detection, MAX_DETECTIONS, 'how the others noticed that a node was gone'),
  drops: z
    .object({ cut: count, paused: count, false: count })
    .describe('of nodes that ran: behind a cut, paused, and uncalled for'),
  announcements: count,
  notes: z.record(z.string(), count).describe('suspicions, refutations, and records that were ignored, by reason'),
  traffic: z
    .object({ start: rate.optional(), rest: rate.optional(), whole: rate })
    .describe('received by one node in one second, on average over all nodes'),
  overlay: z.object({
    degrees: z.record(z.string(), count).describe('how many nodes have so many neighbours'),
    meanDegree: amount,
    maxDegree: count,
    components: count
  })
})

export type SimulationSection = z.infer<typeof simulationSchema>
