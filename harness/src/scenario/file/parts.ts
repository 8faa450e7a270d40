/** Schemas of the values that a scenario is made of. The message of each says what the value must be. */
import { z } from 'zod'
import { type Amount, NODE_RANGE, PROGRAM_NAME, readAmount, readSelector, type Selector } from '../selector.ts'
import { DURATION, OFFSET, PERCENTAGE, RATE, readDuration, readOffset, readPercentage, readRate } from './values.ts'

/** In ms. */
export const durationText = text(DURATION, readDuration, 'a duration up to 24h, such as 500ms, 30s or 2m')

/** In ms, not 0. */
export const spanText = text(
  DURATION,
  value => readDuration(value) || undefined,
  'a duration above 0 and up to 24h, such as 500ms, 30s or 2m'
)

/** In ms, with a sign. */
export const offset = text(
  OFFSET,
  value => readOffset(value) || undefined,
  'how far the clock jumps, such as 1h or -10m'
)

/** In bytes per second. */
export const rate = text(RATE, readRate, 'a rate such as 1Mbit/s or 100kB/s')

const RATIO = 'a share such as 5% or 0.05'

/** 0 to 1. */
export const ratio = z.union(
  [
    z.number({ error: RATIO }).min(0, { error: RATIO }).max(1, { error: RATIO }),
    text(PERCENTAGE, readPercentage, RATIO)
  ],
  { error: RATIO }
)

const SELECTOR = 'n3, n1..n4, a number such as 2, a share such as 10%, all, bootstrap, joined, or the name of a program'
const AMOUNT = 'a number of nodes such as 2, or a share such as 10%'

export const selector = choice<Selector>(
  new RegExp([NODE_RANGE, PERCENTAGE, PROGRAM_NAME].map(({ source }) => `(?:${source})`).join('|')),
  readSelector,
  SELECTOR
)

export const amount = choice<Amount>(PERCENTAGE, readAmount, AMOUNT)

/** One line of prose. */
export const sentence = z
  .string({ error: 'a line of text' })
  .regex(/^\P{Cc}{1,120}$/u, { error: 'one line of at most 120 characters' })

function text<T>(pattern: RegExp, read: (text: string) => T | undefined, wanted: string) {
  return z
    .string({ error: wanted })
    .regex(pattern, { error: wanted })
    .transform((value, context) => orIssue(read(value), context, wanted))
}

/** A whole number from 1, or a text. */
function choice<T>(pattern: RegExp, read: (value: number | string) => T | undefined, wanted: string) {
  const number = z.number({ error: wanted }).int({ error: wanted }).min(1, { error: wanted })
  const words = z.string({ error: wanted }).regex(pattern, { error: wanted })
  return z
    .union([number, words], { error: wanted })
    .transform((value, context) => orIssue(read(value), context, wanted))
}

function orIssue<T>(value: T | undefined, context: z.RefinementCtx, wanted: string): T {
  if (value !== undefined) return value
  context.addIssue({ code: 'custom', message: wanted })
  return z.NEVER
}
