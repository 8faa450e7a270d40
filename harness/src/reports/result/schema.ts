/**
 * result.json: what a run showed, for programs. The Judgement with the facts of its run, the same for real and simulated runs.
 * docs/result.schema.json is generated from this. Minor versions add fields, and have no number; a newer major is refused.
 */
import { z } from 'zod'
import { CAUSE_CODES } from '../../judge/judgement.ts'
import { RULE_IDS } from '../../judge/rules.ts'
import { RUNNER_NAMES } from '../../runners/names.ts'
import { MAX_NODES } from '../../scenario/plan.ts'
import { listShape } from './lists.ts'
import { simulationSchema } from './simulation-schema.ts'

/** Major version. Version 1 had no schema, and was one document for runs and another one for simulations. */
export const RESULT_VERSION = 2

/** Longest lists and texts, in items and characters: they bound the document, whatever nodes do. */
export const MAX_ITEMS = {
  findings: 100,
  consequences: 3,
  evidence: 10,
  unknown: 10,
  notJudged: 100,
  excuses: 50,
  faults: 200,
  phases: 500,
  figures: 1_000,
  nodes: 500,
  ends: 5,
  addrs: 2,
  missing: 300,
  groups: 50,
  /** Names in one list of names. */
  names: 100
} as const
export const MAX_MESSAGE = 500
export const MAX_NAME = 256
export const MAX_COMMAND = 4_000

const ms = z.number().nonnegative()
const count = z.number().int().nonnegative()
const name = z.string().max(MAX_NAME + 1)
const message = z.string().max(MAX_MESSAGE + 1)
const rule = z.enum(RULE_IDS).describe('of docs/CONTRACT.md')

const run = z
  .object({
    scenario: name,
    nodes: count.max(MAX_NODES).describe('N: all that the run has, also those that join later'),
    deadlineMs: ms,
    settleMs: ms,
    seed: count.optional().describe('of the plan'),
    runner: z.enum([...RUNNER_NAMES, 'simulation']).optional(),
    perProcess: count.optional().describe('nodes that share a process; each has its own if not given'),
    command: z
      .string()
      .max(MAX_COMMAND + 1)
      .describe('the command line that repeats the run'),
    startedAt: name.describe('ISO 8601, by the clock of the host; of a simulation always the same'),
    ended: z.object({ atMs: ms, reason: z.enum(['settled', 'deadline', 'decided', 'interrupted']) }).optional(),
    host: z
      .object({ cores: count, memoryBytes: count, kernel: name })
      .optional()
      .describe('not of a simulation, which is the same on every host'),
    versions: z
      .object({ testbed: name, contract: count, node: name.optional() })
      .optional()
      .describe('of this package, of the node contract, and of Node.js; the last not of a simulation'),
    isDigest: z.boolean().describe('the simulation was too large for a whole history: nobody knows the single books')
  })
  .describe('how the run was made')

const check = z.object({
  rule,
  status: z.enum(['pass', 'fail', 'unknown', 'not-tried']),
  ...listShape('unknown', message, MAX_ITEMS.unknown, 'what could not be told, and what to do about it')
})

const found = {
  rule,
  node: name.describe('whom the evidence points at'),
  run: count.describe('which process of that name, from 1; 0 if none was ever started'),
  subject: name.optional().describe('whom it is about, if about somebody else'),
  atMs: ms,
  message,
  cause: z.object({
    code: z.enum(CAUSE_CODES),
    confidence: z.enum(['shown', 'likely', 'cannot-tell']),
    ...listShape('evidence', count, MAX_ITEMS.evidence, 'lines of history.ndjson, from 1')
  })
}

const finding = z.object({
  ...found,
  ...listShape('consequences', z.object(found), MAX_ITEMS.consequences, 'what follows from it')
})

const excuse = z.object({
  why: message,
  fromMs: ms,
  toMs: ms,
  ...listShape('nodes', name, MAX_ITEMS.names, 'that it reaches'),
  rules: z.array(rule)
})

const phase = z.object({
  name: z.enum(['start', 'full', 'noticed', 'whole']),
  fault: name.optional(),
  fromMs: ms,
  toMs: ms.optional().describe('missing if it did not come to an end'),
  boundMs: ms.optional().describe('what the scenario asks for')
})

const figure = z.object({
  key: name.describe('unique in a run: the name, and the fault that it is of'),
  name: name.describe('one word is one number, in every report'),
  label: name,
  fault: name.optional(),
  value: z.number().optional().describe('missing if it did not come to that'),
  unit: z.enum(['ms', 'bytes', 'bytes/s', 'share', 'count']),
  bound: z.number().optional().describe('what the scenario asks for, in the same unit'),
  text: name.describe('the value as every report prints it')
})

const end = z.object({
  run: count,
  atMs: ms,
  code: z.number().int().nullable().describe('null after a signal'),
  signal: name.nullable(),
  expected: z.boolean().describe('the harness asked for it, or a fault in force kills the node'),
  withProcess: count.optional().describe('the id of the process that it shared with others, and ended with')
})

const node = z.object({
  node: name,
  status: z.enum(['live', 'ended', 'died', 'ending', 'never ready', 'never started', 'not startable']),
  runs: count.describe('processes that bore this name'),
  ...listShape('ends', end, MAX_ITEMS.ends, 'how they ended, the last first'),
  spawnFailure: message.optional(),
  peerId: name.optional(),
  name: name.optional().describe('as the node says itself'),
  ...listShape('addrs', z.string().max(MAX_MESSAGE + 1), MAX_ITEMS.addrs, 'where it says that it can be dialled'),
  epoch: count.optional(),
  readyAtMs: ms.optional(),
  cpuMs: ms.optional().describe('as the node says itself, as are the following'),
  rssBytes: count.optional(),
  rx: count.optional().describe('announcements received'),
  tx: count.optional().describe('announcements sent'),
  loopLagMs: ms.optional()
})

const missing = z.object({
  observer: name,
  subject: name,
  blamed: name.describe('one of the two: whom the evidence points at'),
  cause: found.cause,
  detail: message.optional()
})

const group = z.object({
  ...listShape('nodes', name, MAX_ITEMS.names, 'live nodes whose books list the same peers'),
  ...listShape('knows', name, MAX_ITEMS.names, 'whom they list, themselves included')
})

export const resultSchema = z.object({
  v: z.literal(RESULT_VERSION).describe('major version of this document'),
  outcome: z.enum(['pass', 'fail', 'unknown']),
  exitCode: count.max(255).describe('0 pass, 1 fail, 3 unknown; above 128 after a signal'),
  headline: message.describe('the outcome in one sentence'),
  run,
  checks: z.array(check).describe('every rule, in the order of docs/CONTRACT.md'),
  ...listShape('findings', finding, MAX_ITEMS.findings, 'the causes of a failure, of every rule at least the first'),
  ...listShape('excuses', excuse, MAX_ITEMS.excuses, 'what of the host can have caused what else were a finding'),
  ...listShape(
    'faults',
    z.object({ id: name, proof: z.enum(['confirmed', 'mismatch', 'inconclusive']) }),
    MAX_ITEMS.faults,
    'what was broken on purpose'
  ),
  ...listShape('phases', phase, MAX_ITEMS.phases, 'where the time went'),
  ...listShape('notJudged', message, MAX_ITEMS.notJudged, 'what this run could not show'),
  ...listShape('figures', figure, MAX_ITEMS.figures, 'what was measured'),
  ...listShape('nodes', node, MAX_ITEMS.nodes, 'empty for a digest'),
  ...listShape('missing', missing, MAX_ITEMS.missing, 'who does not list whom in the end; empty for a digest'),
  ...listShape('groups', group, MAX_ITEMS.groups, 'nodes whose books agree, the largest group first'),
  counts: z
    .object({ live: count, right: count, ghosts: count })
    .optional()
    .describe('only of a digest: nodes that run, right entries in their books, and wrong ones'),
  artefacts: z.string().optional().describe('the folder of the run; not of a simulation'),
  simulation: simulationSchema.optional().describe('what only a simulation can measure')
})

export type Result = z.infer<typeof resultSchema>
