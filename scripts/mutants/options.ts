/** What `npm run mutants` is asked for. */
import { parseArgs } from 'node:util'
import { CAMPAIGNS } from './campaigns.ts'

const USAGE = `usage: npm run mutants -- ${Object.keys(CAMPAIGNS).join('|')} [--seed <number>] [--count <number>] [--near]
  --seed   which mutants, 11 if not given
  --count  how many, 100 if not given
  --near   run only the tests of the room of each mutant: minutes in place of hours, and more survivors`

export class UsageError extends Error {}

export interface Options {
  /** Of a campaign. */
  readonly name: string
  readonly seed: number
  readonly count: number
  readonly isNearOnly: boolean
}

/** @throws {UsageError} */
export function optionsOf(args: string[]): Options {
  const options = { seed: { type: 'string' }, count: { type: 'string' }, near: { type: 'boolean' } } as const
  const { values, positionals } = parsed(() => parseArgs({ args, options, allowPositionals: true }))
  const [name, ...others] = positionals
  if (name === undefined || others.length > 0 || !Object.hasOwn(CAMPAIGNS, name)) throw new UsageError(USAGE)
  return {
    name,
    seed: numberOf('--seed', values.seed ?? '11', 0),
    count: numberOf('--count', values.count ?? '100', 1),
    isNearOnly: values.near === true
  }
}

function parsed<T>(parse: () => T): T {
  try {
    return parse()
  } catch (error) {
    throw new UsageError(`${(error as Error).message}\n${USAGE}`)
  }
}

function numberOf(option: string, text: string, min: number): number {
  const number = /^\d+$/.test(text) ? Number(text) : Number.NaN
  if (number >= min && Number.isSafeInteger(number)) return number
  throw new UsageError(`${option} ${JSON.stringify(text)} is no whole number from ${min}\n${USAGE}`)
}
