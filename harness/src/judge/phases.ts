/** Where the time of a run went, with what its scenario asks for. */
import type { FaultTime, Network } from '../history/observed.ts'
import type { JudgedFault, Phase } from './judgement.ts'

export function phasesOf(network: Network): Phase[] {
  const runs = [...network.nodes.values()].flat()
  const spawnedMs = runs.flatMap(({ spawnedAtMs }) => spawnedAtMs ?? [])
  if (spawnedMs.length === 0) return []
  const bounds = network.started?.plan?.bounds ?? {}
  const fromMs = Math.min(...spawnedMs)
  const first = [...network.nodes.keys()]
    .filter(node => startsAtOnce(network, node))
    .map(node => network.nodes.get(node)![0])
  const readyMs = first.map(run => run?.readyAtMs)
  const isStarted = readyMs.length > 0 && readyMs.every(ms => ms !== undefined)
  const firstFullMs = network.fullSpans[0]?.fromMs
  return [
    phase('start', { fromMs, toMs: isStarted ? Math.max(...readyMs) : undefined }),
    phase('full', { fromMs, toMs: firstFullMs, boundMs: bounds.convergeWithinMs }),
    ...network.faultTimes.flatMap(time => [
      ...noticed(time, bounds.detectWithinMs),
      ...healed(network, time, bounds.reconvergeWithinMs)
    ])
  ]
}

type Times = { fromMs: number; toMs?: number | undefined; boundMs?: number | undefined }

function phase(name: Phase['name'], { fromMs, toMs, boundMs }: Times, fault?: string): Phase {
  return {
    name,
    ...(fault !== undefined && { fault }),
    fromMs,
    ...(toMs !== undefined && { toMs }),
    ...(boundMs !== undefined && { boundMs })
  }
}

function startsAtOnce({ started }: Network, node: string): boolean {
  return started?.plan?.nodes.find(({ name }) => name === node)?.startsAtOnce ?? true
}

function noticed({ id, fromMs, due }: FaultTime, boundMs: number | undefined): Phase[] {
  if (due.length === 0) return []
  const droppedMs = due.map(drop => drop.droppedAtMs)
  const isOver = droppedMs.every(ms => ms !== undefined)
  return [phase('noticed', { fromMs, toMs: isOver ? Math.max(fromMs, ...droppedMs) : undefined, boundMs }, id)]
}

/** Until the next fault, or the end, the books have to stay right. */
function healed(network: Network, time: FaultTime, boundMs: number | undefined): Phase[] {
  if (time.healedAtMs === undefined) return []
  const fromMs = time.undoProvedAtMs ?? time.healedAtMs
  const untilMs = Math.min(network.nowMs, ...network.faultTimes.map(other => other.fromMs).filter(ms => ms > fromMs))
  // A fault that takes nodes away makes the books of the others right at that moment: that is not its own undo.
  const span = network.fullSpans.findLast(each => each.fromMs < untilMs)
  const stays = span !== undefined && (span.toMs ?? Number.POSITIVE_INFINITY) >= untilMs
  const toMs = stays ? Math.max(fromMs, span.fromMs) : undefined
  const isOwed = toMs !== undefined || hadItsTime({ fromMs, untilMs, boundMs }, network.nowMs)
  return [phase('whole', { fromMs, toMs, boundMs: isOwed ? boundMs : undefined }, time.id)]
}

/** The next fault did not come before the books had to be right. */
export function hadItsTime(
  { fromMs, untilMs, boundMs = 0 }: { fromMs: number; untilMs: number; boundMs?: number | undefined },
  nowMs: number
): boolean {
  return untilMs >= nowMs || untilMs - fromMs >= boundMs
}

export function judgedFaults({ faultTimes }: Network): JudgedFault[] {
  return faultTimes.map(({ id, proof = 'inconclusive' }) => ({ id, proof }))
}
