/** What a scenario file may hold. docs/scenario.schema.json is generated from it, docs/guide/scenarios.md says it in prose. */
import { z } from 'zod'
import { ROUTERS } from '../../faults/routers.ts'
import { MAX_NODES, MIN_NODES } from '../plan.ts'
import { amount, durationText, selector, sentence } from './parts.ts'
import { linkKeys, stepSchema } from './step-schemas.ts'

export const MAX_STEPS = 1_000
const MAX_SEED = 2 ** 31 - 1

const NODES = `a whole number from ${MIN_NODES} to ${MAX_NODES}`
const SEED = `a whole number from 0 to ${MAX_SEED}`
const COUNT = 'a whole number from 0'
const COMMAND = 'a program and its arguments, such as node my-node.js'

const program = z.strictObject({
  nodes: amount.optional().describe('how many nodes run it, or which share; the rest of the nodes if not given'),
  command: z
    .string({ error: COMMAND })
    .min(1, { error: COMMAND })
    .optional()
    .describe('a program and its arguments, split as a shell would, and started without one'),
  image: z
    .string({ error: 'the name of an image' })
    .min(1, { error: 'the name of an image' })
    .optional()
    .describe('a container image'),
  ours: z
    .enum(['libp2p-3', 'libp2p-2'], { error: 'libp2p-3 or libp2p-2' })
    .optional()
    .describe('our own node program, on this version of libp2p')
})

const behind = z.strictObject({
  home: selector.optional().describe(`nodes that are behind ${ROUTERS.home.name}`),
  cgnat: selector.optional().describe(`nodes that are behind ${ROUTERS.cgnat.name}`),
  hotel: selector.optional().describe(`nodes that are behind ${ROUTERS.hotel.name}`),
  corporate: selector.optional().describe(`nodes that are behind ${ROUTERS.corporate.name}`)
})

const bounds = z.strictObject({
  convergeWithin: durationText.optional().describe('from the start of the first node until all books are full'),
  detectWithin: durationText.optional().describe('from a fault to the last drop that is due'),
  reconvergeWithin: durationText.optional().describe('from the end of a fault until all books are right again'),
  falseDrops: z
    .number({ error: COUNT })
    .int({ error: COUNT })
    .min(0, { error: COUNT })
    .optional()
    .describe('how often a healthy node may drop another one that it could reach'),
  changesOfMind: z
    .number({ error: COUNT })
    .int({ error: COUNT })
    .min(0, { error: COUNT })
    .optional()
    .describe('how often in all a healthy node may drop one that runs, and list it again'),
  maxBytesPerSecond: z
    .number({ error: COUNT })
    .int({ error: COUNT })
    .min(0, { error: COUNT })
    .optional()
    .describe('received by a node, on average over all nodes and the whole run')
})

export const scenarioSchema = z.strictObject({
  about: sentence.describe('what happens, in one line'),
  nodes: z
    .number({ error: NODES })
    .int({ error: NODES })
    .min(MIN_NODES, { error: NODES })
    .max(MAX_NODES, { error: NODES })
    .optional()
    .describe('how many nodes if the command line does not say; 12 if not given'),
  seed: z
    .number({ error: SEED })
    .int({ error: SEED })
    .min(0, { error: SEED })
    .max(MAX_SEED, { error: SEED })
    .optional()
    .describe('decides every random choice, if the command line does not say; 1 if not given'),
  bootstrap: amount.optional().describe('how many first nodes the others are told of; 2% if not given'),
  programs: z
    .record(z.string(), program, { error: 'programs by name' })
    .optional()
    .describe('what the nodes run; the program of the command line if not given'),
  behind: behind.optional().describe('which nodes are behind a router, where nobody outside can dial them'),
  links: z.strictObject(linkKeys).optional().describe('what all links are like, from the start on'),
  steps: z
    .array(stepSchema, { error: 'a list of steps' })
    .max(MAX_STEPS, { error: `a list of at most ${MAX_STEPS} steps` })
    .optional()
    .describe('what happens, in this order'),
  bounds: bounds.optional().describe('what must hold, besides that all books are right in the end')
})

export type ScenarioFile = z.output<typeof scenarioSchema>
