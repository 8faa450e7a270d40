/** The figures of a run that a sweep compares: less is better for all of them. */
import type { Judged } from '../reports/judged.ts'
import { type Figure, figuresOf } from '../reports/words/figures/figures.ts'

interface SweptFigure {
  readonly unit: Extract<Figure['unit'], 'ms' | 'bytes' | 'bytes/s'>
  /** A run that failed and does not tell it did not come to that; without this it was only not measured. */
  readonly isOwed: boolean
}

/** By the names that all reports use. */
export const SWEPT_FIGURES = {
  full: { unit: 'ms', isOwed: true },
  noticed: { unit: 'ms', isOwed: true },
  whole: { unit: 'ms', isOwed: true },
  bytes: { unit: 'bytes/s', isOwed: false },
  'cpu-p50': { unit: 'ms', isOwed: false },
  'memory-p50': { unit: 'bytes', isOwed: false }
} as const satisfies Partial<Record<Figure['name'], SweptFigure>>

export type SweptName = keyof typeof SWEPT_FIGURES

export const SWEPT_NAMES = Object.keys(SWEPT_FIGURES) as [SweptName, ...SweptName[]]

/** By name; Infinity for what the run owed, and did not come to. */
export type Figures = Readonly<Partial<Record<SweptName, number>>>

/** Those that the run tells, of several faults the greatest; Infinity for what it owed, and did not come to. */
export function figuresOfRun(judged: Judged): Figures {
  const figures = figuresOf(judged)
  const found = SWEPT_NAMES.flatMap(swept => {
    const values = figures.filter(({ name }) => name === swept).map(({ value = Number.POSITIVE_INFINITY }) => value)
    return values.length === 0 ? [] : [[swept, Math.max(...values)]]
  })
  return Object.fromEntries(found)
}
