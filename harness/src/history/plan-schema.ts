/** The plan and the faults of a run as history.ndjson holds them. docs/history.schema.json is generated from this. */
import { z } from 'zod'
import type { Fault } from '../faults/fault.ts'
import { ROUTER_KINDS } from '../faults/routers.ts'
import type { Action, Beginning, PlannedProgram } from '../scenario/plan.ts'
import { MAX_NODES } from '../scenario/plan.ts'

const nodes = z.array(z.string()).max(MAX_NODES)
const ms = z.number().nonnegative()
const ratio = z.number().min(0).max(1)

const links = z.object({
  latencyMs: ms.optional().describe('one way'),
  jitterMs: ms.optional().describe('each packet takes so much more or less'),
  lossRatio: ratio.optional(),
  duplicateRatio: ratio.optional(),
  reorderRatio: ratio.optional().describe('packets that overtake those before them'),
  bytesPerSecond: z.number().positive().optional()
})

const faults = {
  kill: z.object({ type: z.literal('kill'), nodes }),
  'power-off': z.object({ type: z.literal('power-off'), nodes }),
  pause: z.object({ type: z.literal('pause'), nodes }),
  starve: z.object({ type: z.literal('starve'), nodes, runMs: ms, stopMs: ms }),
  partition: z.object({ type: z.literal('partition'), groups: z.array(nodes) }),
  'one-way': z.object({ type: z.literal('one-way'), nodes, direction: z.enum(['outbound', 'inbound']) }),
  links: z.object({ type: z.literal('links'), nodes, links }),
  clock: z.object({ type: z.literal('clock'), nodes, offsetMs: z.number() }),
  'nat-changes': z.object({ type: z.literal('nat-changes'), nodes })
} satisfies Record<Fault['type'], z.ZodType>

export const faultSchema = z.discriminatedUnion('type', [
  faults.kill,
  faults['power-off'],
  faults.pause,
  faults.starve,
  faults.partition,
  faults['one-way'],
  faults.links,
  faults.clock,
  faults['nat-changes']
])

const actions = {
  fault: z.object({
    type: z.literal('fault'),
    fault: faultSchema,
    forMs: ms.optional().describe('to the end of the run if not given'),
    flapping: z.object({ onMs: ms, offMs: ms }).optional()
  }),
  join: z.object({ type: z.literal('join'), nodes }),
  leave: z.object({ type: z.literal('leave'), nodes }),
  restart: z.object({ type: z.literal('restart'), nodes, key: z.enum(['same', 'new']), afterMs: ms }),
  wait: z.object({ type: z.literal('wait'), until: z.enum(['full', 'noticed', 'whole']) })
} satisfies Record<Action['type'], z.ZodType>

const begins = {
  at: z.object({ type: z.literal('at'), atMs: ms, from: z.enum(['start', 'full']) }),
  next: z.object({ type: z.literal('next'), afterMs: ms.optional() })
} satisfies Record<Beginning['type'], z.ZodType>

const step = z.object({
  id: z.string(),
  begins: z.discriminatedUnion('type', [begins.at, begins.next]),
  action: z.discriminatedUnion('type', [actions.fault, actions.join, actions.leave, actions.restart, actions.wait]),
  withinMs: ms
})

const programs = {
  command: z.object({ command: z.array(z.string()).min(1) }),
  image: z.object({ image: z.string() }),
  ours: z.object({ ours: z.enum(['libp2p-3', 'libp2p-2']) })
} satisfies Record<PlannedProgram extends infer Each ? (Each extends Each ? keyof Each : never) : never, z.ZodType>

const bounds = z.object({
  convergeWithinMs: ms.optional(),
  detectWithinMs: ms.optional(),
  reconvergeWithinMs: ms.optional(),
  falseDrops: z.number().int().nonnegative().optional(),
  changesOfMind: z.number().int().nonnegative().optional(),
  maxBytesPerSecond: z.number().nonnegative().optional()
})

const plannedNode = z.object({
  name: z.string(),
  program: z.string(),
  bootstrap: nodes.describe('whose addresses it is told when it starts'),
  startsAtOnce: z.boolean(),
  behind: z.enum(ROUTER_KINDS).optional()
})

export const planSchema = z.object({
  scenario: z.string(),
  seed: z.number().int().nonnegative(),
  nodes: z.array(plannedNode).max(MAX_NODES),
  programs: z.record(z.string(), z.union([programs.command, programs.image, programs.ours])).optional(),
  links: links.describe('of every link, from the start on'),
  steps: z.array(step),
  bounds,
  deadlineMs: ms,
  settleMs: ms
})
