/**
 * The lines of the side channel between harness, collector and agents, one JSON object each. `agent/frame.go` is the other side.
 *
 * What must arrive is numbered in each direction of each pod: it is kept until the other side has confirmed it, and sent again over
 * the next connection.
 */
import { z } from 'zod'

const pod = z.string().min(1).max(253)
const seq = z.number().int().positive()
/** The last number that has arrived. */
const got = z.number().int().nonnegative().default(0)
/** By the clock of the pod: ms since its agent began. Left out when it is 0. */
const atMs = z.number().default(0)
const ms = z.number().default(0)
const run = z.number().int().nonnegative().default(0)
const text = z.string().max(65_536).default('')

const numbered = { pod, seq }

const report = z.discriminatedUnion('type', [
  z.object({ type: z.literal('out'), ...numbered, run, stream: z.enum(['stdout', 'stderr']), data: z.string(), atMs }),
  z.object({ type: z.literal('spawned'), ...numbered, run, pid: z.number().int(), atMs }),
  z.object({ type: z.literal('failed'), ...numbered, run, why: text, atMs }),
  z.object({
    type: z.literal('exited'),
    ...numbered,
    run,
    code: z.number().int().nullable().default(null),
    signal: z.string().max(20).nullable().default(null),
    atMs
  }),
  z.object({ type: z.literal('looked'), ...numbered, id: z.number().int(), states: text }),
  z.object({ type: z.literal('dialed'), ...numbered, id: z.number().int(), result: text, why: text }),
  /** The cluster ends the pod. */
  z.object({ type: z.literal('terminated'), ...numbered, atMs })
])

const other = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('hello'),
    pod,
    got,
    slot: z.string().max(100),
    machine: z.string().max(253).default(''),
    address: z.string().max(64)
  }),
  z.object({ type: z.literal('lost'), pod }),
  z.object({ type: z.literal('ack'), pod, got }),
  /** The clock of the pod's agent against that of the collector, and what the machine's wall clock showed when the agent began. */
  z.object({ type: z.literal('clock'), pod, aheadMs: ms, withinMs: ms, wallMs: ms }),
  z.object({ type: z.literal('pong'), askedAtMs: ms, atMs }),
  /** By the collector itself. */
  z.object({ type: z.literal('dialed'), id: z.number().int(), result: text, why: text })
])

/** What an agent tells, numbered. */
export type Report = z.infer<typeof report>
export type ChannelFrame = z.infer<typeof other> | Report

/** What a pod is told; its number is that of the channel. */
export type PodCommand =
  | { readonly type: 'start'; readonly run: number; readonly argv: readonly string[] }
  | { readonly type: 'stdin'; readonly data: string }
  | { readonly type: 'close-stdin' }
  | { readonly type: 'signal'; readonly signal: string }
  | { readonly type: 'look'; readonly id: number }
  | { readonly type: 'dial'; readonly id: number; readonly host: string }
  | { readonly type: 'end' }

/** Undefined for what is no frame: it comes from another program, or another version of ours. */
export function parseFrame(line: string): ChannelFrame | undefined {
  let value: unknown
  try {
    value = JSON.parse(line)
  } catch {
    return undefined
  }
  const isReport = typeof value === 'object' && value !== null && 'seq' in value
  return (isReport ? report : other).safeParse(value).data
}

export function isReport(frame: ChannelFrame): frame is Report {
  return 'seq' in frame
}
