/** Values as a scenario writes them: `30s`, `5%`, `1Mbit/s`. Each can be read, and written again. */

/** Of the longest duration that a scenario may name. */
export const MAX_DURATION_MS = 86_400_000

const msOf = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 } as const
const bytesPerSecondOf = {
  'B/s': 1,
  'kB/s': 1e3,
  'MB/s': 1e6,
  'kbit/s': 1e3 / 8,
  'Mbit/s': 1e6 / 8,
  'Gbit/s': 1e9 / 8
} as const

export const DURATION = /^(\d+(?:\.\d+)?) ?(ms|s|m|h)$/
export const OFFSET = /^[+-]?(\d+(?:\.\d+)?) ?(ms|s|m|h)$/
export const PERCENTAGE = /^(\d+(?:\.\d+)?) ?%$/
export const RATE = /^(\d+(?:\.\d+)?) ?(B|kB|MB|kbit|Mbit|Gbit)\/s$/

/** In whole ms; undefined if it is no duration, or one beyond `MAX_DURATION_MS`. */
export function readDuration(text: string): number | undefined {
  const [, number, unit] = DURATION.exec(text) ?? []
  if (unit === undefined) return undefined
  // 1.005 * 1000 is not 1005.
  const ms = Number((Number(number) * msOf[unit as keyof typeof msOf]).toFixed(6))
  return Number.isInteger(ms) && ms <= MAX_DURATION_MS ? ms : undefined
}

/** In the greatest unit that needs no fraction. */
export function printDuration(ms: number): string {
  const units = Object.entries(msOf).toReversed()
  const [unit, size] = units.find(([, size]) => ms > 0 && ms % size === 0) ?? ['ms', 1]
  return `${ms / size}${unit}`
}

/** A duration with a sign, in ms: `-10m`. */
export function readOffset(text: string): number | undefined {
  const ms = readDuration(text.replace(/^[+-]/, ''))
  return ms !== undefined && text.startsWith('-') ? -ms : ms
}

/** 0 to 1. */
export function readPercentage(text: string): number | undefined {
  const percent = Number(PERCENTAGE.exec(text)?.[1] ?? Number.NaN)
  // 16.15 / 100 is not 0.1615.
  return percent <= 100 ? Number((percent / 100).toPrecision(12)) : undefined
}

export function printPercentage(ratio: number): string {
  return `${Number((ratio * 100).toPrecision(12))}%`
}

/** In bytes per second. */
export function readRate(text: string): number | undefined {
  const [, number, unit] = RATE.exec(text) ?? []
  if (unit === undefined) return undefined
  const bytesPerSecond = Number(number) * bytesPerSecondOf[`${unit}/s` as keyof typeof bytesPerSecondOf]
  return bytesPerSecond >= 1 ? bytesPerSecond : undefined
}

export function printRate(bytesPerSecond: number): string {
  if (bytesPerSecond >= 1e6) return `${bytesPerSecond / 1e6}MB/s`
  if (bytesPerSecond >= 1e3) return `${bytesPerSecond / 1e3}kB/s`
  return `${bytesPerSecond}B/s`
}
