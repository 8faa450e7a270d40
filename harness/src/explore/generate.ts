/** Drafts by weighted chance. Pure: the seed of an exploration and the number of a plan decide everything. */
import type { Fault } from '../faults/fault.ts'
import { type Chance, planChance, sample } from '../scenario/chance.ts'
import { type Draft, type DraftKind, type DraftStep, FLAP_TURN_MS } from './draft.ts'
import { leavesEnoughHealthy } from './outages.ts'

/** Fewer leave nobody to be broken beside a healthy half. */
export const MIN_EXPLORED_NODES = 4

/** As many as the history of a simulation holds. */
export const MAX_EXPLORED_NODES = 200

/** Of a plan, if the user does not say. */
export const MAX_NODES_BY_CHANCE = 12
const MAX_STEPS = 6
const MAX_GAP_MS = 12_000
/** A step that would leave too few healthy nodes is drawn anew so often, and then left out. */
const DRAWS = 20
const MAX_SEED = 2 ** 31 - 1

interface KindOfStep {
  readonly weight: number
  /** What a runner must be able to do for it; nothing more than to start nodes if undefined. */
  readonly fault?: Fault['type']
  /** How long it lasts, in ms; for good if undefined. */
  lasts?(chance: Chance): number | undefined
  keys?(chance: Chance): Record<string, string>
}

const seconds = (least: number, most: number) => (chance: Chance) => 1_000 * between(least, most, chance)

/** Often enough for combinations, and the rare ones not so often that they hide the others. */
export const KINDS: Readonly<Record<DraftKind, KindOfStep>> = {
  kill: { weight: 4, fault: 'kill', lasts: chance => (chance() < 0.5 ? undefined : seconds(2, 20)(chance)) },
  'power-off': {
    weight: 2,
    fault: 'power-off',
    lasts: chance => (chance() < 0.5 ? undefined : seconds(5, 20)(chance))
  },
  pause: { weight: 3, fault: 'pause', lasts: seconds(2, 30) },
  starve: { weight: 2, fault: 'starve', lasts: seconds(5, 30), keys: () => ({ run: '200ms', stop: '800ms' }) },
  partition: { weight: 3, fault: 'partition', lasts: seconds(5, 45) },
  flapping: { weight: 1, fault: 'partition', lasts: chance => FLAP_TURN_MS * between(2, 4, chance) },
  isolate: { weight: 2, fault: 'partition', lasts: seconds(5, 45) },
  'one-way': {
    weight: 2,
    fault: 'one-way',
    lasts: seconds(5, 45),
    keys: chance => ({ direction: oneOf(['outbound', 'inbound'], chance) })
  },
  links: { weight: 2, fault: 'links', lasts: seconds(10, 30), keys: linkKeysBy },
  clock: {
    weight: 1,
    fault: 'clock',
    lasts: seconds(5, 30),
    keys: chance => ({ by: oneOf(['1h', '30s', '-30s', '-10m'], chance) })
  },
  join: { weight: 2 },
  leave: { weight: 2 },
  restart: {
    weight: 3,
    fault: 'kill',
    lasts: seconds(1, 10),
    keys: chance => ({ key: chance() < 0.7 ? 'same' : 'new' })
  }
}

export const DRAFT_KINDS = Object.keys(KINDS) as DraftKind[]

export interface GenerateOptions {
  readonly seed: number
  /** Of the plan, from 1. */
  readonly index: number
  /** At least `MIN_EXPLORED_NODES`; drawn by chance if undefined. */
  readonly nodes?: number | undefined
  /** At least one; whatever else cannot be done where the plan is run. */
  readonly kinds: readonly DraftKind[]
}

/** Equal options give equal drafts. Each keeps `leavesEnoughHealthy`; few have no step at all. */
export function generate({ seed, index, nodes: wanted, kinds }: GenerateOptions): Draft {
  const chance = planChance(seed, `explore ${index}`)
  const nodes = wanted ?? between(MIN_EXPLORED_NODES, MAX_NODES_BY_CHANCE, chance)
  let draft: Draft = { seed: between(0, MAX_SEED, chance), nodes, bootstraps: between(1, 2, chance), steps: [] }
  let atMs = 0
  for (let left = between(1, MAX_STEPS, chance); left > 0; left--) {
    atMs += between(0, MAX_GAP_MS / 100, chance) * 100
    draft = withOneMore(draft, atMs, kinds, chance)
  }
  return draft
}

function withOneMore(draft: Draft, atMs: number, kinds: readonly DraftKind[], chance: Chance): Draft {
  for (let draw = 0; draw < DRAWS; draw++) {
    const step = drawStep(draft, atMs, kinds, chance)
    const more = { ...draft, steps: [...draft.steps, step] }
    if (leavesEnoughHealthy(more)) return more
  }
  return draft
}

function drawStep({ nodes, bootstraps }: Draft, atMs: number, kinds: readonly DraftKind[], chance: Chance): DraftStep {
  const kind = weighted(kinds, chance)
  const { lasts, keys } = KINDS[kind]
  // Those that the others are told of start at once.
  const first = between(kind === 'join' ? bootstraps + 1 : 1, nodes, chance)
  const last = Math.min(nodes, first + between(0, Math.floor(nodes / 2) - 1, chance))
  const forMs = lasts?.(chance)
  return { kind, first, last, atMs, ...(forMs !== undefined && { forMs }), ...(keys && { keys: keys(chance) }) }
}

function weighted(kinds: readonly DraftKind[], chance: Chance): DraftKind {
  let left = chance() * kinds.reduce((sum, kind) => sum + KINDS[kind].weight, 0)
  for (const kind of kinds) {
    left -= KINDS[kind].weight
    if (left < 0) return kind
  }
  return kinds.at(-1)!
}

const BAD_LINK = {
  latency: '300ms',
  jitter: '50ms',
  loss: '5%',
  duplicates: '5%',
  reordering: '10%',
  bandwidth: '1Mbit/s'
}

/** One or two things that are wrong with a link. Real packets overtake only those that are delayed. */
function linkKeysBy(chance: Chance): Record<string, string> {
  const keys = Object.fromEntries(sample(Object.entries(BAD_LINK), between(1, 2, chance), chance))
  return 'reordering' in keys ? { ...keys, latency: BAD_LINK.latency } : keys
}

/** Both ends included. */
function between(least: number, most: number, chance: Chance): number {
  return least + Math.floor(chance() * (most - least + 1))
}

function oneOf<T>(items: readonly T[], chance: Chance): T {
  return sample(items, 1, chance)[0]!
}
