/** The steps of a scenario, by the key that says what they do. */
import { z } from 'zod'
import { refuseContradictions } from './contradictions.ts'
import { amount, durationText, offset, rate, ratio, selector, spanText } from './parts.ts'

export const CHURN_KINDS = ['leave', 'crash', 'join', 'restart', 'pause'] as const

/** What a link does to packets, at the top of a scenario for all links and in a `links` step for some nodes. */
export const linkKeys = {
  latency: durationText.optional().describe('one way'),
  jitter: durationText.optional().describe('each packet takes up to so much more or less'),
  loss: ratio.optional().describe('share of the packets that are lost'),
  duplicates: ratio.optional().describe('share of the packets that arrive twice'),
  reordering: ratio.optional().describe('share of the packets that overtake those before them'),
  bandwidth: rate.optional().describe('of each node, outwards')
}

const timing = {
  at: durationText.optional().describe('so long after all books were full for the first time'),
  from: z
    .enum(['full', 'start'], { error: 'full or start' })
    .optional()
    .describe('what `at` counts from: full books (if not given), or the start of the first node'),
  after: durationText.optional().describe('so long after the step before it has ended; at once if neither is given'),
  within: spanText.optional().describe('the longest that the step itself may take; 30s if not given')
}

const lasting = {
  for: spanText.optional().describe('how long the fault lasts; to the end of the run if not given'),
  every: spanText.optional().describe('the fault comes again so long after it came; needs `for` and `until`'),
  until: spanText.optional().describe('with `every`: so long after it first came, the fault comes no more')
}

const spread = spanText.optional().describe('one node after the other, evenly over so long')
const churnEvery = spanText.describe('time between two events, on average')
const churnUntil = spanText.describe('how long the churn goes on')
const clockBy = offset.describe('how far the clock jumps, such as 1h or -10m')
const groups = z
  .array(selector, { error: 'groups of nodes, such as [n1..n6, n7..n12]' })
  .min(1, { error: 'at least one group of nodes' })

/** Keys are checked one by one here, and towards each other in `contradictions.ts`. */
export const stepSchemas = {
  kill: step({ kill: selector.describe('killed at once; `for` starts them again'), ...lasting, spread }),
  'power-off': step({ 'power-off': selector.describe('gone, and no peer is told'), ...lasting, spread }),
  pause: step({ pause: selector.describe('stopped, while the kernel takes what comes'), ...lasting, spread }),
  starve: step({
    starve: selector.describe('gets the processor for `run` of each `run` + `stop`'),
    run: spanText.describe('with the processor'),
    stop: spanText.describe('without the processor'),
    ...lasting
  }),
  partition: step({
    partition: z
      .union([selector, groups], { error: 'the nodes that are cut off, or a list of groups such as [n1..n6, n7..n12]' })
      .describe('cut off from all others, or groups that are cut off from each other'),
    ...lasting
  }),
  isolate: step({ isolate: selector.describe('each cut off from every other node'), ...lasting }),
  'one-way': step({
    'one-way': selector.describe('packets pass in one direction only'),
    direction: z
      .enum(['outbound', 'inbound'], { error: 'outbound or inbound' })
      .optional()
      .describe('which packets are lost: those that the nodes send (outbound, if not given), or those sent to them'),
    ...lasting
  }),
  links: step({ links: selector.describe('the links of these nodes are worse'), ...linkKeys, ...lasting }),
  clock: step({ clock: selector.describe('the clock of these nodes jumps'), by: clockBy, ...lasting }),
  'nat-changes': step({
    'nat-changes': selector.describe(
      'the routers of these nodes get another public address, and forget all connections'
    ),
    ...lasting
  }),
  join: step({
    join: selector.describe('not started with the others, but here; a number counts from the last node'),
    spread
  }),
  leave: step({ leave: selector.describe('say farewell and end'), spread }),
  restart: step({
    restart: selector.describe('killed if they run, and started again'),
    key: z.enum(['same', 'new'], { error: 'same or new' }).optional().describe('same if not given; new: as a stranger'),
    down: durationText.optional().describe('time between the end and the new start; 1s if not given'),
    spread
  }),
  churn: step({
    churn: amount.describe('at most so many nodes are gone at a time'),
    of: z
      .array(z.enum(CHURN_KINDS, { error: CHURN_KINDS.join(', ') }), { error: `a list of ${CHURN_KINDS.join(', ')}` })
      .min(1, { error: `a list of ${CHURN_KINDS.join(', ')}` })
      .optional()
      .describe('what happens to random nodes; leave, crash, join and restart if not given'),
    every: churnEvery,
    until: churnUntil,
    for: spanText.optional().describe('how long a pause lasts; 1s if not given')
  }),
  wait: step({
    wait: z
      .enum(['full', 'noticed', 'whole'], { error: 'full, noticed or whole' })
      .describe('until all books are right; until what is gone is dropped; until both, and all faults are healed')
  })
}

export type StepName = keyof typeof stepSchemas

export const STEP_NAMES = Object.keys(stepSchemas) as StepName[]

export const stepSchema = z.union(Object.values(stepSchemas))

/** One step of a scenario as it was read. */
export type ScenarioStep = z.output<typeof stepSchema>

function step<Shape extends z.ZodRawShape>(shape: Shape) {
  return z.strictObject({ ...shape, ...timing }).superRefine(refuseContradictions)
}
