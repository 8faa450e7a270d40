/** Tries inputs on a target, half of them valid, and stops at the first that is read otherwise than expected, or costs too much. */
import { isDeepStrictEqual } from 'node:util'
import { getHeapStatistics } from 'node:v8'
import { type Random, seededRandom } from '../../src/core/random.ts'
import type { Target } from './targets.ts'

/** What one input may cost: processor time, and memory that reading it takes. */
export const BUDGET = { cpuMs: 10, bytes: 2 ** 20 }

/** An input that seems to cost more is read again so often, and the least counts: a busy host and a collection cost time, too. */
const RETRIES = 3

export interface Report {
  readonly accepted: number
  readonly refused: number
  readonly finding: Finding | undefined
}

/** An input that is not read as it should be. */
export interface Finding {
  readonly input: Uint8Array
  readonly what: string
}

/**
 * @param isDue - whether there is time for another input, of which so many were tried
 */
export function campaign(target: Target, seed: number, isDue: (tried: number) => boolean): Report {
  const random: Random = seededRandom(seed)
  const counts = { accepted: 0, refused: 0 }
  for (let tried = 0; isDue(tried); tried++) {
    const isValid = tried % 2 === 0
    const input = isValid ? target.valid(random) : target.hostile(random)
    const { what, isAccepted } = judge(target, input)
    counts[isAccepted ? 'accepted' : 'refused']++
    if (what !== undefined) return { ...counts, finding: { input, what } }
    if (isValid && !isAccepted) return { ...counts, finding: { input, what: 'a valid input is refused' } }
  }
  return { ...counts, finding: undefined }
}

/** What is wrong with how an input is read, if anything. */
export function judge(target: Target, input: Uint8Array): { what: string | undefined; isAccepted: boolean } {
  try {
    const bytesBefore = usedBytes()
    const startMs = performance.now()
    const read = target.read(input)
    // Time that has passed is measured at a tenth of the price of processor time, and is never less.
    const cost = { cpuMs: performance.now() - startMs, bytes: usedBytes() - bytesBefore }
    const what = (isOver(cost) ? excess(target, input) : undefined) ?? difference(read, target.expected(input))
    return { what, isAccepted: read !== undefined }
  } catch (error) {
    return { what: `throws ${(error as Error).stack}`, isAccepted: false }
  }
}

function difference(read: unknown, expected: unknown): string | undefined {
  if (isDeepStrictEqual(plain(read), plain(expected))) return undefined
  if (read === undefined) return 'is refused, but PROTOCOL allows it'
  return expected === undefined ? 'is accepted, but PROTOCOL does not allow it' : 'is read as something else'
}

/** Bytes alike, whether they are a view or a Buffer. */
function plain(value: unknown): unknown {
  if (value instanceof Uint8Array) return Buffer.from(value).toString('hex')
  if (value instanceof Uint32Array) return [...value]
  if (Array.isArray(value)) return value.map(plain)
  if (value instanceof Map) return new Map([...value].map(([key, item]) => [key, plain(item)]))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, plain(item)]))
}

interface Cost {
  readonly cpuMs: number
  readonly bytes: number
}

/** What an input costs at least, if that is over the budget. */
function excess(target: Target, input: Uint8Array): string | undefined {
  const costs = Array.from({ length: RETRIES }, () => costOf(target, input))
  const cpuMs = Math.min(...costs.map(cost => cost.cpuMs))
  const bytes = Math.min(...costs.map(cost => cost.bytes))
  return isOver({ cpuMs, bytes }) ? `costs ${cpuMs} ms and ${bytes} bytes` : undefined
}

function costOf({ read }: Target, input: Uint8Array): Cost {
  const bytesBefore = usedBytes()
  const cpuBefore = process.cpuUsage()
  read(input)
  const { user, system } = process.cpuUsage(cpuBefore)
  return { cpuMs: (user + system) / 1_000, bytes: usedBytes() - bytesBefore }
}

function usedBytes(): number {
  const { used_heap_size, external_memory } = getHeapStatistics()
  return used_heap_size + external_memory
}

function isOver({ cpuMs, bytes }: Cost): boolean {
  return cpuMs > BUDGET.cpuMs || bytes > BUDGET.bytes
}
