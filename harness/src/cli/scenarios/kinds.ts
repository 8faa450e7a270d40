/** Which steps an exploration may plan: those that the user wants, and that can be done where the plans are run. */
import type { DraftKind } from '../../explore/draft.ts'
import { DRAFT_KINDS, KINDS } from '../../explore/generate.ts'
import type { Fault } from '../../faults/fault.ts'
import { runners } from '../../runners/registry.ts'
import type { Runner } from '../../runners/runner.ts'
import type { ExploreUsage } from '../usage/usages.ts'
import { SIMULATION, UsageError } from '../usage/values.ts'

const NODES = ['n1']

/** One of each type, as hard as it gets. */
const EXAMPLES: Readonly<Record<Fault['type'], Fault>> = {
  kill: { type: 'kill', nodes: NODES },
  'power-off': { type: 'power-off', nodes: NODES },
  pause: { type: 'pause', nodes: NODES },
  starve: { type: 'starve', nodes: NODES, runMs: 200, stopMs: 800 },
  partition: { type: 'partition', groups: [NODES] },
  'one-way': { type: 'one-way', nodes: NODES, direction: 'outbound' },
  links: {
    type: 'links',
    nodes: NODES,
    links: {
      latencyMs: 300,
      jitterMs: 50,
      lossRatio: 0.05,
      duplicateRatio: 0.05,
      reorderRatio: 0.1,
      bytesPerSecond: 125_000
    }
  },
  clock: { type: 'clock', nodes: NODES, offsetMs: 30_000 },
  'nat-changes': { type: 'nat-changes', nodes: NODES }
}

/**
 * @throws {UsageError} when none is left
 * @throws when the runner cannot work here
 */
export async function requireKinds(usage: ExploreUsage): Promise<DraftKind[]> {
  const { kinds: wanted = DRAFT_KINDS, runner } = usage
  const kinds = runner === SIMULATION ? [...wanted] : await possibleKinds(wanted, { ...usage, runner })
  if (kinds.length > 0) return kinds
  throw new UsageError(`--runner ${runner} can do nothing of ${wanted.join(', ')} here; another --runner can`)
}

async function possibleKinds(
  wanted: readonly DraftKind[],
  usage: ExploreUsage & { runner: Exclude<ExploreUsage['runner'], typeof SIMULATION> }
): Promise<DraftKind[]> {
  const runner = await runners[usage.runner]({
    ...usage,
    nodes: NODES,
    logPathOf: () => undefined,
    say: line => void process.stderr.write(`${line}\n`)
  })
  try {
    const isForeign = usage.nodeCommand !== undefined || usage.image !== undefined
    return wanted.filter(kind => canDo(kind, runner, isForeign))
  } finally {
    await runner.close()
  }
}

/** A program that says nothing else has no clock that could be set. */
function canDo(kind: DraftKind, { faults }: Runner, isForeign: boolean): boolean {
  const { fault } = KINDS[kind]
  if (kind === 'clock' && isForeign) return false
  return fault === undefined || faults.cannot(EXAMPLES[fault]) === undefined
}
