/** Which nodes a step is about, as a scenario says it; `planning/population.ts` chooses them. */
import { printPercentage, readPercentage } from './file/values.ts'

export type Selector =
  /** `n3`, `n1..n4`: from 1, both ends included. */
  | { readonly type: 'range'; readonly first: number; readonly last: number }
  | { readonly type: 'all' }
  /** The nodes that others are told of when they start. */
  | { readonly type: 'bootstrap' }
  /** Those that a `join` has started. */
  | { readonly type: 'joined' }
  | { readonly type: 'program'; readonly name: string }
  /** Drawn by chance, never the last bootstrap node that runs. */
  | Amount

/** So many nodes, or a share of those that run: 0 to 1, and always at least one node. */
export type Amount =
  | { readonly type: 'count'; readonly count: number }
  | { readonly type: 'share'; readonly ratio: number }

/** Selectors that are words, which no program may be called. */
export const SELECTOR_WORDS = ['all', 'bootstrap', 'joined'] as const

export const NODE_RANGE = /^n([1-9]\d{0,5})(?:\.\.n([1-9]\d{0,5}))?$/
export const PROGRAM_NAME = /^[a-z][a-z0-9-]{0,31}$/

/** Undefined if it is none. Any other word is taken for the name of a program. */
export function readSelector(value: number | string): Selector | undefined {
  const amount = readAmount(value)
  if (amount !== undefined || typeof value === 'number') return amount
  const [range, first, last = first] = NODE_RANGE.exec(value) ?? []
  if (range !== undefined) {
    return Number(first) <= Number(last) ? { type: 'range', first: Number(first), last: Number(last) } : undefined
  }
  const word = SELECTOR_WORDS.find(word => word === value)
  if (word !== undefined) return { type: word }
  return isProgramName(value) ? { type: 'program', name: value } : undefined
}

/** Undefined if it is none. */
export function readAmount(value: number | string): Amount | undefined {
  if (typeof value === 'number')
    return Number.isInteger(value) && value >= 1 ? { type: 'count', count: value } : undefined
  const ratio = readPercentage(value)
  return ratio !== undefined && ratio > 0 ? { type: 'share', ratio } : undefined
}

/** As a scenario writes it. */
export function printSelector(selector: Selector): number | string {
  switch (selector.type) {
    case 'range':
      return selector.first === selector.last ? `n${selector.first}` : `n${selector.first}..n${selector.last}`
    case 'program':
      return selector.name
    case 'count':
      return selector.count
    case 'share':
      return printPercentage(selector.ratio)
    default:
      return selector.type
  }
}

/** Such a name can be told from every other selector. */
export function isProgramName(name: string): boolean {
  return PROGRAM_NAME.test(name) && !/^n\d/.test(name) && !SELECTOR_WORDS.some(word => word === name)
}
