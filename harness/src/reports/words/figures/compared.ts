/** The figures by which systems are compared: their words, and how their values are written. Less is better for all of them. */
import { amountText, seconds } from '../../../judge/wording.ts'

export type ComparedUnit = 'ms' | 'ms/s' | 'bytes' | 'bytes/s' | 'count'

interface ComparedWords {
  readonly label: string
  /** What was measured, in a clause. */
  readonly about: string
  readonly unit: ComparedUnit
}

/** In the order of every report. */
export const COMPARED = {
  full: { label: 'full books', about: 'from the last node ready until every book was right', unit: 'ms' },
  joined: {
    label: 'late joiner',
    about: 'from a newcomer ready until it listed all others, and they it',
    unit: 'ms'
  },
  noticed: {
    label: 'detection',
    about: 'from the kill of a node until all others had dropped it',
    unit: 'ms'
  },
  ghost: {
    label: 'ghost at a newcomer',
    about: 'for how long a newcomer, started 50 ms after that kill, listed the dead node; 0 if it never did',
    unit: 'ms'
  },
  healed: {
    label: 'heal',
    about: 'from the end of a split of 20 s until every book was right, and stayed so; 0 if none had changed',
    unit: 'ms'
  },
  'false-drops': {
    label: 'false drops',
    about:
      'times that a healthy node dropped a healthy one, while links lost 5 % and a fifth of the nodes were starved',
    unit: 'count'
  },
  'live-drops': {
    label: 'drops of live nodes',
    about: 'the same, with what the starved nodes dropped, and that they were dropped, though they ran',
    unit: 'count'
  },
  start: { label: 'start', about: 'from the start of the first process until every node was ready', unit: 'ms' },
  cpu: {
    label: 'processor time until full',
    about: 'of a node, from its start until every book was right: half of all nodes',
    unit: 'ms'
  },
  'cpu-at-rest': {
    label: 'processor time at rest',
    about: 'of a node in a second, from 3.5 to 9 s after full books, on average over the nodes',
    unit: 'ms/s'
  },
  memory: {
    label: 'memory',
    about: 'of a node, all its processes together: half of all nodes',
    unit: 'bytes'
  },
  'bytes-at-rest': {
    label: 'received at rest',
    about: 'by a node in a second, headers included, from 3.5 to 9 s after full books, on average over the nodes',
    unit: 'bytes/s'
  }
} as const satisfies Record<string, ComparedWords>

export type ComparedName = keyof typeof COMPARED

export const COMPARED_NAMES = Object.keys(COMPARED) as [ComparedName, ...ComparedName[]]

/** What of a unit can be told apart: lines come through pipes, and processor time is counted in ticks of 10 ms. */
const RESOLUTION: Readonly<Record<ComparedUnit, number>> = {
  ms: 10,
  'ms/s': 0.1,
  bytes: 2 ** 20,
  'bytes/s': 10,
  count: 1
}

const SIGNIFICANT_DIGITS = 2

/** What a table shows of a value: two digits, and nothing finer than what can be measured. Values that round alike are alike. */
export function roundedFigure(name: ComparedName, value: number): number {
  if (!Number.isFinite(value)) return value
  const resolution = RESOLUTION[COMPARED[name].unit]
  const steps = Number((value / resolution).toPrecision(SIGNIFICANT_DIGITS))
  return Number((Math.round(steps) * resolution).toPrecision(12))
}

/**
 * `71 ms`, `3.1 s`, `4,400 bytes/s`; `not in 60 s` for what a run did not come to.
 *
 * @param limitMs - for how long it was waited for
 */
export function comparedText(name: ComparedName, value: number, limitMs: number): string {
  if (value === Number.POSITIVE_INFINITY) return `not in ${limitMs / 1_000} s`
  const rounded = roundedFigure(name, value)
  switch (COMPARED[name].unit) {
    case 'ms':
      return rounded < 1_000 ? `${rounded} ms` : seconds(rounded).replace(/\.?0+ s$/, ' s')
    case 'ms/s':
      return `${rounded} ms/s`
    case 'bytes':
      return `${amountText(rounded / 2 ** 20)} MiB`
    case 'bytes/s':
      return `${amountText(rounded)} bytes/s`
    case 'count':
      return amountText(rounded)
  }
}
