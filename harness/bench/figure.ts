/** What the bench measures, and what is expected of it. */
import type { Fleet } from './fleet.ts'

export type Unit = 'ms' | 's' | 'bytes' | 'bytes/s' | '/s' | 'MiB' | '%' | ''

/** What must hold; each part is judged for itself. */
export interface Limit {
  /** The median is at most this. */
  readonly median?: number
  /** Every value is at most this. */
  readonly worst?: number
  /** The median is at least this. */
  readonly atLeast?: number
}

/** One line of the table for each number of nodes. */
export interface Metric {
  /** Unique among all figures. */
  readonly id: string
  /** As the table says it. */
  readonly what: string
  readonly unit: Unit
  readonly limit?: (nodes: number) => Limit | undefined
}

/** Notes one value of a metric; `nodes` if the metric depends on their number. */
export type Take = (metricId: string, value: number, nodes?: number) => void

/** How thorough to be. */
export interface Pace {
  /** A network is left alone for so long before it is disturbed. */
  readonly settleMs: number
  /** What a network at rest costs is counted over this time. */
  readonly windowMs: number
  /** Disturbances of one fleet. */
  readonly samples: number
  readonly isQuick: boolean
}

interface FigureBase {
  /** As `--only` names it. */
  readonly name: string
  readonly metrics: readonly Metric[]
  /** Numbers of nodes. */
  readonly sizes: { readonly full: readonly number[]; readonly quick: readonly number[] }
  /** Repeating it would show nothing new, or take too long: only the first run measures it. */
  readonly once?: true
}

/** Looks at running nodes, and leaves as many as there were. */
export interface FleetFigure extends FigureBase {
  /** serf is measured as well. */
  readonly serf: boolean
  observe(fleet: Fleet, pace: Pace, take: Take): Promise<void>
}

/** Needs no running nodes, or starts what it needs itself. */
export interface SoloFigure extends FigureBase {
  /** The sizes are those of real networks, which `--nodes` replaces. */
  readonly realNodes?: true
  measure(context: SoloContext, take: Take): Promise<void>
}

export interface SoloContext {
  readonly sizes: readonly number[]
  readonly pace: Pace
  readonly interrupt: AbortSignal
}

export type Figure = FleetFigure | SoloFigure
