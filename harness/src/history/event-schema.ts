/** One line of history.ndjson. docs/history.schema.json is generated from this, and `judge` reads histories with it. */
import { z } from 'zod'
import { nodeLineSchema } from '../contract.ts'
import { RUNNER_NAMES } from '../runners/names.ts'
import { MAX_NODES } from '../scenario/plan.ts'
import { HISTORY_VERSION, type HistoryEvent, type ViolatedRule } from './history.ts'
import { faultSchema, planSchema } from './plan-schema.ts'

const node = z.string()
const run = z.number().int().nonnegative().describe('which process of that name: 1, and one more with every restart')
const ofRun = { node, run }
const nodes = z.array(node).max(MAX_NODES)
const count = z.number().int().nonnegative()
const ms = z.number().nonnegative()
const ratio = z.number().min(0).max(1)

const place = z
  .object({
    machine: z.string(),
    clockAheadMs: z.number().describe("how far the machine's wall clock is ahead of that of the harness"),
    clockWithinMs: ms.describe('by no more than this that can be wrong')
  })
  .describe("where the process runs, if that is not the harness's host")

/** Of machines that stamp what happens on them. */
const delayed = {
  delayedMs: ms
    .optional()
    .describe(
      'the harness heard of it so long after it had happened; in the history of a run that is over, `atMs` is when it happened'
    )
}

/** Every line has it: monotonic, in ms since the start of the run. */
const atMs = ms.describe('ms since the start of the run')

function event<Type extends HistoryEvent['type'], Shape extends z.ZodRawShape>(type: Type, shape: Shape) {
  return z.object({ atMs, type: z.literal(type), ...shape })
}

const host = z.object({
  cores: count.describe('processors that the harness may use'),
  memoryBytes: count,
  kernel: z.string().describe('system and release')
})

const versions = z.object({
  testbed: z.string().describe('of @gossip-discovery/testbed'),
  contract: count.describe('major version of the node contract'),
  node: z.string().optional().describe('the Node.js that ran the harness; not of a simulation')
})

const violatedRules = [
  'not-itself',
  'joined-once',
  'updated-listed',
  'gone-listed',
  'never-back',
  'news-only',
  'book-as-told',
  'no-drops',
  'equal'
] as const satisfies ViolatedRule[]

const started = event('run-started', {
  v: count.optional().describe(`major version of the history, ${HISTORY_VERSION}; 1 if not given`),
  startedAt: z.string().describe('ISO 8601, by the clock of the host; of a simulation always the same'),
  scenario: z.string(),
  nodes,
  deadlineMs: ms,
  settleMs: ms,
  command: z.string().describe('the command line that repeats the run'),
  runner: z.enum([...RUNNER_NAMES, 'simulation']).optional(),
  perProcess: count.optional().describe('nodes that share a process; each has its own if not given'),
  host: host.optional().describe('not of a simulation'),
  versions: versions.optional(),
  plan: planSchema.optional(),
  digest: z
    .object({ version: z.string() })
    .optional()
    .describe('only of a simulation that was too large for a whole history: the version whose seed gives it again')
})

const finding = z.object({
  lineNumber: count.describe('1 is the first line that this process wrote'),
  fault: z.string(),
  text: z.string().describe('the beginning of the line')
})

const proofOf = {
  fault: z.string().describe('the id of its step'),
  of: z.enum(['injection', 'undo']),
  result: z.enum(['confirmed', 'mismatch', 'inconclusive']),
  seen: z.string().describe('what was looked at, and what it showed')
}

/** By type. */
export const eventSchemas = {
  'run-started': started,
  counts: event('counts', { live: count, right: count, ghosts: count }),
  steadiness: event('steadiness', {
    changesOfMind: count,
    observer: node.optional(),
    subject: node.optional(),
    dropsOfHealthy: count,
    falseDrops: count,
    settled: z.object({ sizes: count, longestMs: ms, atMs: ms.optional() }).optional()
  }),
  violation: event('violation', {
    rule: z.enum(violatedRules),
    message: z.string(),
    ...ofRun,
    subject: node.optional()
  }),
  step: event('step', {
    step: z.string(),
    state: z.enum(['begun', 'done', 'missed', 'failed']),
    why: z.string().optional()
  }),
  probe: event('probe', {
    ...ofRun,
    addr: z.string(),
    result: z.enum(['connected', 'refused', 'not-tried']),
    why: z.string().optional()
  }),
  usage: event('usage', { ...ofRun, cpuMs: ms, rssBytes: count, threads: count, sockets: count }),
  received: event('received', { node, bytes: count }),
  spawned: event('spawned', { ...ofRun, pid: count.optional(), place: place.optional(), ...delayed }),
  'spawn-failed': event('spawn-failed', { ...ofRun, reason: z.string(), ...delayed }),
  line: event('line', { ...ofRun, line: nodeLineSchema, ...delayed }),
  finding: event('finding', { ...ofRun, finding, ...delayed }),
  'dump-requested': event('dump-requested', ofRun),
  'stop-requested': event('stop-requested', { ...ofRun, signal: z.literal('SIGTERM').optional() }),
  exited: event('exited', {
    ...ofRun,
    code: z.number().int().nullable(),
    signal: z.string().nullable(),
    stderrTail: z.array(z.string()).describe('the last lines of stderr, oldest first'),
    toldLateMs: ms.optional().describe('so long after the node had ended; 0 if not given'),
    process: z
      .object({ pid: count, culprit: node.optional().describe('whose code threw; missing if that cannot be told') })
      .optional()
      .describe('the node ended with the process that it shared with others'),
    ...delayed
  }),
  'leave-requested': event('leave-requested', ofRun),
  'fault-injected': event('fault-injected', { fault: z.string(), nodes, what: faultSchema.optional() }),
  'fault-healed': event('fault-healed', { fault: z.string(), nodes }),
  'fault-proof': event('fault-proof', proofOf),
  'harness-lagged': event('harness-lagged', { lagMs: ms }),
  'host-pressed': event('host-pressed', { forMs: ms, waitingRatio: ratio, stolenRatio: ratio }),
  'run-ended': event('run-ended', { reason: z.enum(['settled', 'deadline', 'decided', 'interrupted']) }),
  'runner-failed': event('runner-failed', { ...ofRun, why: z.string() }),
  'run-closed': event('run-closed', { leftovers: z.array(z.object({ node, pid: count })) })
} satisfies { [Type in HistoryEvent['type']]: z.ZodType }
