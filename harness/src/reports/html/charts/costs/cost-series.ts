/** What a node used at each moment, from what it had used up to each moment. */
import type { CostName, Series } from '../../data/report-data.ts'

export interface CostKind {
  readonly of: CostName
  readonly title: string
  /** `state`: the value itself. `rate`: how much was added in each second. */
  readonly as: 'state' | 'rate'
  readonly unit: string
  /** The figure is shown divided by this. */
  readonly divisor: number
}

/** Processor time of 1,000 ms in a second is one core. */
export const COST_KINDS = [
  { of: 'cpuMs', title: 'Processor', as: 'rate', unit: '% of a core', divisor: 10 },
  { of: 'rssBytes', title: 'Memory', as: 'state', unit: 'MiB', divisor: 2 ** 20 },
  { of: 'receivedBytes', title: 'Bytes received', as: 'rate', unit: 'KiB/s', divisor: 2 ** 10 },
  { of: 'announcementsReceived', title: 'Announcements received', as: 'rate', unit: '/s', divisor: 1 },
  { of: 'announcementsSent', title: 'Announcements sent', as: 'rate', unit: '/s', divisor: 1 }
] as const satisfies readonly CostKind[]

export interface CostPoint {
  readonly atMs: number
  /** Never negative. */
  readonly value: number
}

/** At most as many points as there are samples; a rate has none at the first one. A count that falls began anew with a new process. */
export function costPoints({ atMs, value }: Series, { as, divisor }: Pick<CostKind, 'as' | 'divisor'>): CostPoint[] {
  if (as === 'state') return atMs.map((at, i) => ({ atMs: at, value: value[i]! / divisor }))
  return atMs.flatMap((at, i) => {
    const [beforeMs, before] = [atMs[i - 1], value[i - 1]]
    if (beforeMs === undefined || before === undefined || at <= beforeMs) return []
    const added = value[i]! >= before ? value[i]! - before : value[i]!
    return [{ atMs: at, value: (added * 1_000) / (at - beforeMs) / divisor }]
  })
}

/** As people read it: three digits that matter, no more. */
export function costText(value: number, { unit }: Pick<CostKind, 'unit'>): string {
  const digits = value >= 100 || Number.isInteger(value) ? 0 : value >= 10 ? 1 : 2
  return `${value.toFixed(digits)}${unit === '/s' ? '' : ' '}${unit}`
}
