import { NOT_JUDGED } from '../judge/rules/stable.ts'
import { figureOf, figurePhrase, figuresOf } from '../reports/words/figures/figures.ts'
import { ruleText } from '../reports/words/findings.ts'
import { headline } from '../reports/words/headline.ts'
import type { SimulationResult, TrafficRate } from './summary.ts'
import type { Detection } from './watch/measurements.ts'

/** A report lists so many reasons and detections. */
const MAX_LISTED = 10

/** What a simulation showed, as lines for a terminal. Names and numbers are the simulator's own: nothing of a stranger's. */
export function renderSimulation(result: SimulationResult): string {
  const { judged, judgement, detections, overlay, notes, traffic, virtualMs, events } = result
  const noted = Object.entries(notes).map(([note, count]) => `${note} ${count}`)
  return [
    `${judgement.outcome.toUpperCase()}  ${headline(judged)}`,
    convergence(result),
    ...whyNot(result)
      .slice(0, MAX_LISTED)
      .map(reason => `  ${reason}`),
    `virtual time ${seconds(virtualMs)}, ${events} events, fingerprint ${result.fingerprint}`,
    `times: ${times(result).join(', ')}`,
    joins(result),
    ...detections.slice(0, MAX_LISTED).map(detection),
    dropped(result),
    ...(traffic.start === undefined ? [] : [`received until the books were full: ${rate(traffic.start)}`]),
    ...(traffic.rest === undefined ? [] : [`received at rest: ${rate(traffic.rest)}`]),
    `overlay: mean degree ${overlay.meanDegree.toFixed(1)}, at most ${overlay.maxDegree}, ${components(overlay.components)}`,
    ...(noted.length === 0 ? [] : [`noted: ${noted.join(', ')}`])
  ].join('\n')
}

/** Why a simulation did not pass, each in a sentence. */
function whyNot({ judgement: { outcome, findings, checks } }: SimulationResult): string[] {
  if (outcome === 'fail') return findings.map(({ rule, message }) => `${ruleText(rule)}: ${message}`)
  const doubts = checks.flatMap(({ rule, unknown }) => unknown.map(text => `${ruleText(rule)}: ${text}`))
  return doubts.filter(text => !text.endsWith(NOT_JUDGED))
}

function convergence({ convergedAtMs, convergedAfterMs }: SimulationResult): string {
  if (convergedAtMs === undefined) return 'the books did not agree in the end'
  return `every book is right since ${seconds(convergedAtMs)}, ${seconds(convergedAfterMs)} after the last planned change`
}

/** A digest does not know when the books were how complete: the simulator itself does. */
function times({ judged, filledMs }: SimulationResult): string[] {
  const figures = figuresOf(judged).filter(({ unit }) => unit === 'ms')
  const wanted = figures.filter(({ name }) => !name.startsWith('visible')).map(figurePhrase)
  if (figureOf(figures, 'complete-100') !== undefined) return wanted
  return [...wanted, ...([50, 99, 100] as const).map(percent => `${percent} % complete ${seconds(filledMs[percent])}`)]
}

function joins({ joins }: SimulationResult): string {
  const full = joins.map(({ fullMs }) => fullMs)
  const visible = joins.map(({ visible100Ms }) => visible100Ms)
  return `from its start a node's own book was full ${spread(full)}; it was in every other's ${spread(visible)}`
}

function detection({ node, cause, droppedBy, observers, firstMs, lastMs }: Detection): string {
  const when = droppedBy === 0 ? '' : `, the first after ${seconds(firstMs)}, the last after ${seconds(lastMs)}`
  return `${cause} of ${node}: dropped by ${droppedBy} of ${observers}${when}`
}

function dropped({ drops }: SimulationResult): string {
  return `dropped though it ran: ${drops.false} times; behind a cut ${drops.cut}, in a long pause ${drops.paused}`
}

function rate({
  bytesPerSecond,
  wireBytesPerSecond,
  bytesPerSecondByKind,
  duplicatesPerAnnouncement
}: TrafficRate): string {
  const kinds = Object.entries(bytesPerSecondByKind).map(([kind, bytes]) => `${kind} ${bytes.toFixed(0)}`)
  const duplicates = `${duplicatesPerAnnouncement.toFixed(1)} duplicates for each first copy`
  return `${bytesPerSecond.toFixed(0)} bytes a second and node, ${wireBytesPerSecond.toFixed(0)} on the wire (${kinds.join(', ')}; ${duplicates})`
}

function components(count: number): string {
  return count === 1 ? 'connected' : `in ${count} parts`
}

/** The median and the slowest. */
function spread(timesMs: readonly (number | undefined)[]): string {
  const sorted = timesMs.map(timeMs => timeMs ?? Number.POSITIVE_INFINITY).toSorted((a, b) => a - b)
  const [median, slowest] = [sorted[sorted.length >> 1], sorted.at(-1)]
  if (!isMoment(median)) return 'in less than half of all cases'
  return `in ${seconds(median)}, ${isMoment(slowest) ? `at most ${seconds(slowest)}` : 'of some never'}`
}

function isMoment(timeMs: number | undefined): timeMs is number {
  return timeMs !== undefined && timeMs !== Number.POSITIVE_INFINITY
}

function seconds(timeMs: number | undefined): string {
  return isMoment(timeMs) ? `${(timeMs / 1_000).toFixed(2)} s` : 'never'
}
