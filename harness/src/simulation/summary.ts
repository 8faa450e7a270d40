/** From a simulation that has ended to its result: the Judgement and the numbers. */
import type { Proof } from '../faults/fault.ts'
import type { History } from '../history/history.ts'
import type { Judgement } from '../judge/judgement.ts'
import type { Judged } from '../reports/judged.ts'
import { firstOf } from '../reports/result/lists.ts'
import { MAX_DETECTIONS, MAX_JOINS, type SimulationSection } from '../reports/result/simulation-schema.ts'
import { BYTES } from './net/sizes.ts'
import { noBytes, TRAFFIC_KINDS, type TrafficKind, type TrafficTotal } from './net/traffic.ts'
import { describeStep } from './plan/describe.ts'
import { type Ended, Simulation, type SimulationOptions } from './simulation.ts'
import type { Detection, Drops, Join } from './watch/measurements.ts'
import { type OverlayShape, overlayShape } from './watch/overlay.ts'

export interface SimulationResult extends SimulationFigures {
  readonly judgement: Judgement
  /** What reports are made of. */
  readonly judged: Judged
  /** A digest of networks of more than MAX_RECORDED_NODES. */
  readonly history: History
}

export interface SimulationFigures {
  /** Repeats the run. */
  readonly command: string
  readonly endedBy: Ended['by']
  readonly virtualMs: number
  /** Since when every book was right at the end; undefined when they were not. */
  readonly convergedAtMs: number | undefined
  /** The same, counted from the last planned start, fault or healing; 0 when the books were right all along. */
  readonly convergedAfterMs: number | undefined
  /** Hash of all that was observed: equal for equal options. */
  readonly fingerprint: string
  /** What happened in the simulation: messages, timers, faults. */
  readonly events: number
  /** When so many percent of all (observer, subject) pairs were listed. */
  readonly filledMs: Partial<Record<50 | 99 | 100, number>>
  readonly joins: readonly Join[]
  readonly detections: readonly Detection[]
  readonly drops: Drops
  readonly announcements: number
  /** Suspicions, refutations, and records that were ignored, by reason. */
  readonly notes: Readonly<Record<string, number>>
  readonly traffic: {
    /** From the start until every book was full. */
    readonly start: TrafficRate | undefined
    /** From a ttl after the last start, when nobody has promised a short one any more, to the end. */
    readonly rest: TrafficRate | undefined
    readonly whole: TrafficRate
  }
  readonly overlay: OverlayShape
  readonly faults: readonly ProvenFault[]
}

export interface ProvenFault {
  /** Of its step. */
  readonly id: string
  readonly description: string
  readonly proof: Proof
}

/** What one node received in one second, on average over all nodes. */
export interface TrafficRate {
  /** As its sockets saw it. */
  readonly bytesPerSecond: number
  /** With the headers of TCP and IP, and a segment of acknowledgement for each message sent. */
  readonly wireBytesPerSecond: number
  readonly messagesPerSecond: number
  readonly bytesPerSecondByKind: Readonly<Record<TrafficKind, number>>
  /** Copies of announcements that had been seen, for each announcement that had not: how many times too much gossip sends. */
  readonly duplicatesPerAnnouncement: number
}

export function summarise(simulation: Simulation, ended: Ended): SimulationResult {
  const { world, watch, plan, conductor } = simulation
  const { measurements } = watch
  const { rightSinceMs, overSinceMs = ended.atMs } = conductor
  const virtualMs = ended.atMs
  const processes = world.machines.map(({ process }) => process).filter(process => process !== undefined)
  const nothing: TrafficTotal = { bytes: 0, messages: 0, duplicates: 0, freshCopies: 0, bytesByKind: noBytes() }
  const whole = world.traffic.total()
  const { start, restless } = ended
  const rate = (from: TrafficTotal, to: TrafficTotal, ms: number) => rateOf(from, to, ms / 1_000, plan.nodes.length)
  return {
    judgement: ended.judged.judgement,
    judged: ended.judged,
    command: simulation.command,
    endedBy: ended.by,
    virtualMs,
    convergedAtMs: rightSinceMs,
    convergedAfterMs: rightSinceMs === undefined ? undefined : Math.max(0, rightSinceMs - overSinceMs),
    fingerprint: watch.fingerprint.toString(),
    events: world.queue.happened,
    filledMs: measurements.filledMs,
    joins: measurements.joins,
    detections: measurements.detections,
    drops: measurements.drops,
    announcements: measurements.announcements,
    notes: measurements.notes,
    traffic: {
      start: start && rate(nothing, start.traffic, start.untilMs),
      rest: restless && rate(restless.traffic, whole, virtualMs - restless.untilMs),
      whole: rate(nothing, whole, virtualMs)
    },
    overlay: overlayShape(processes),
    faults: faultsOf(simulation),
    history: ended.history
  }
}

/** What stands beside the Judgement in result.json: what is not in every result. */
export function simulationFigures(result: SimulationResult): SimulationSection {
  const { fingerprint, events, virtualMs, filledMs, drops, announcements, notes, traffic, overlay } = result
  const { start, rest, whole } = traffic
  return {
    fingerprint,
    events,
    virtualMs,
    filledMs: withMoments(filledMs),
    ...firstOf('joins', result.joins.map(withMoments), MAX_JOINS),
    ...firstOf('detections', result.detections.map(withMoments), MAX_DETECTIONS),
    drops,
    announcements,
    notes,
    traffic: { ...(start !== undefined && { start }), ...(rest !== undefined && { rest }), whole },
    overlay
  }
}

/** JSON has no infinity, in which something never comes: that is left out. */
function withMoments<Moments extends object>(moments: Moments): Moments {
  const kept = Object.entries(moments).filter(([, value]) => value !== Number.POSITIVE_INFINITY)
  return Object.fromEntries(kept) as Moments
}

function faultsOf({ plan, conductor }: Simulation): ProvenFault[] {
  return conductor.faults.map(({ id, proof }) => {
    return { id, description: describeStep(plan.steps.find(step => step.id === id)!), proof }
  })
}

function rateOf(from: TrafficTotal, to: TrafficTotal, seconds: number, nodes: number): TrafficRate {
  const perNodeSecond = (amount: number): number => (seconds <= 0 ? 0 : amount / seconds / nodes)
  const bytesPerSecond = perNodeSecond(to.bytes - from.bytes)
  const messagesPerSecond = perNodeSecond(to.messages - from.messages)
  const bytesPerSecondByKind = noBytes()
  for (const kind of TRAFFIC_KINDS) {
    bytesPerSecondByKind[kind] = perNodeSecond(to.bytesByKind[kind] - from.bytesByKind[kind])
  }
  return {
    bytesPerSecond,
    // Over all nodes, as many messages are sent as are received.
    wireBytesPerSecond: bytesPerSecond + 2 * messagesPerSecond * BYTES.segment,
    messagesPerSecond,
    bytesPerSecondByKind,
    duplicatesPerAnnouncement: (to.duplicates - from.duplicates) / Math.max(1, to.freshCopies - from.freshCopies)
  }
}

/**
 * Runs a simulation to its end.
 *
 * @throws {RangeError} on fewer than 2 nodes
 */
export function runSimulation(options: SimulationOptions): SimulationResult {
  const simulation = new Simulation(options)
  return summarise(simulation, simulation.run())
}
