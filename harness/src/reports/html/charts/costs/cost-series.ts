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
  /** Nothing is known of the time before it: the first one of a process. */
  readonly isFirst: boolean
}

/**
 * At most as many points as there are samples. A rate has none at the first sample of a process, and none where the count
 * fell, since it began anew there.
 *
 * @param endsMs - when processes of the node ended: what lies between two of them is of one process
 */
export function costPoints(
  { atMs, value }: Series,
  { as, divisor }: Pick<CostKind, 'as' | 'divisor'>,
  endsMs: readonly number[]
): CostPoint[] {
  let isFirst = true
  return atMs.flatMap((at, i) => {
    const [beforeMs, before] = [atMs[i - 1], value[i - 1]]
    const isNew = beforeMs === undefined || endsMs.some(ms => ms >= beforeMs && ms < at)
    isFirst ||= isNew
    const added = value[i]! - (before ?? 0)
    if (as === 'rate' && (isNew || added < 0 || at <= beforeMs)) return []
    const point = {
      atMs: at,
      value: (as === 'state' ? value[i]! : (added * 1_000) / (at - beforeMs!)) / divisor,
      isFirst
    }
    isFirst = false
    return [point]
  })
}

/** As people read it: three digits that matter, no more. */
export function costText(value: number, { unit }: Pick<CostKind, 'unit'>): string {
  const digits = value >= 100 || Number.isInteger(value) ? 0 : value >= 10 ? 1 : 2
  return `${value.toFixed(digits)}${unit === '/s' ? '' : ' '}${unit}`
}
