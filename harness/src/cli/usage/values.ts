/** From one argument to its value; what is wrong with it is one line that says what would be right. */
import type { DraftKind } from '../../explore/draft.ts'
import { DRAFT_KINDS } from '../../explore/generate.ts'
import { printable } from '../../printable.ts'
import { RUNNER_NAMES, type RunnerName } from '../../runners/names.ts'
import type { ProgramCommand } from '../../runners/registry.ts'
import { MAX_DURATION_MS, printDuration, readDuration } from '../../scenario/file/values.ts'
import { splitCommand } from '../../split-command.ts'
import { didYouMean } from '../../yaml/did-you-mean.ts'

/** The message says in one line what was wrong and what would be right. */
export class UsageError extends Error {
  override name = 'UsageError'
}

/** Not a runner of processes, but chosen in their place. */
export const SIMULATION = 'simulation'
/** The runner of pods, whose nodes take nothing of this host. */
export const KUBERNETES = 'kubernetes' satisfies RunnerName
export const WHERE: string[] = [...RUNNER_NAMES, SIMULATION]

/** @throws {UsageError} as all functions here */
export function wholeNumber(name: string, min: number, max: number) {
  return (text: string): number => {
    const value = /^\d+$/.test(text) ? Number(text) : Number.NaN
    if (value >= min && value <= max) return value
    throw new UsageError(`${name} must be a whole number from ${min} to ${max}, not ${shown(text)}`)
  }
}

export interface DurationBounds {
  /** The unit of a number without one. */
  readonly bare: 'ms' | 's' | 'm'
  readonly minMs: number
  readonly maxMs?: number
}

/** A duration as a scenario writes it, or a number alone. In whole ms. */
export function durationOf(name: string, { bare, minMs, maxMs = MAX_DURATION_MS }: DurationBounds) {
  return (text: string): number => {
    const ms = readDuration(/^[\d.]+$/.test(text) ? `${text}${bare}` : text)
    if (ms !== undefined && ms >= minMs && ms <= maxMs) return ms
    const least = minMs === 0 ? '0' : printDuration(minMs)
    const range = minMs === 1 ? `above 0 and up to ${printDuration(maxMs)}` : `from ${least} to ${printDuration(maxMs)}`
    throw new UsageError(
      `${name} must be a duration ${range}, such as 500ms, 30s, 2m or 1h (30 alone is 30${bare}), not ${shown(text)}`
    )
  }
}

/** What the steps of an exploration may do. */
export function draftKinds(text: string): DraftKind[] {
  const words = text.split(',')
  const unknown = words.find(word => !DRAFT_KINDS.some(kind => kind === word))
  if (unknown === undefined) return DRAFT_KINDS.filter(kind => words.includes(kind))
  const near = didYouMean(unknown, DRAFT_KINDS)
  throw new UsageError(`--kinds must be some of ${DRAFT_KINDS.join(',')}, not ${shown(text)}${near}`)
}

/** Numbers, parted by commas, each once, in ascending order. */
export function numberList(name: string, numberOf: (text: string) => number) {
  return (text: string): number[] => {
    if (text.trim() === '') throw new UsageError(`${name} must name at least one value, such as ${name} 5,10`)
    const values = text.split(',').map(part => numberOf(part.trim()))
    const twice = values.find((value, index) => values.indexOf(value) !== index)
    if (twice !== undefined) throw new UsageError(`${name} names ${twice} twice`)
    return values.sort((a, b) => a - b)
  }
}

/** From 0 to 100, and with at most three digits behind the point. */
export function percentOf(name: string) {
  return (text: string): number => {
    const value = /^\d+(\.\d{1,3})?$/.test(text) ? Number(text) : Number.NaN
    if (value >= 0 && value <= 100) return value
    throw new UsageError(`${name} must be percents from 0 to 100, not ${shown(text)}`)
  }
}

const bytesOf: Record<string, number> = { k: 2 ** 10, m: 2 ** 20, g: 2 ** 30 }

/** In bytes, with Docker's units: `256m`, `256MB` and `256MiB` are the same. */
export function memorySize(text: string): number {
  const [, number, unit = ''] = /^(\d+(?:\.\d+)?) ?([kmg])i?b?$/i.exec(text) ?? []
  const bytes = Math.floor(Number(number) * (bytesOf[unit.toLowerCase()] ?? Number.NaN))
  // Docker takes no less than 6 MB.
  if (bytes >= 6 * 2 ** 20 && bytes <= 2 ** 50) return bytes
  throw new UsageError(`--memory must be a size of at least 6m, such as 256m or 1g, not ${shown(text)}`)
}

export function cpuCount(text: string): number {
  const value = /^\d+(\.\d+)?$/.test(text) ? Number(text) : Number.NaN
  if (value >= 0.01 && value <= 1_000) return value
  throw new UsageError(`--cpus must be a number from 0.01 to 1000, such as 0.5, not ${shown(text)}`)
}

export function runId(text: string): string {
  if (/^([0-9a-f]{8}|[0-9a-f]{16})$/.test(text)) return text
  throw new UsageError(`--run must be the id of a run, 8 or 16 characters from 0 to f, not ${shown(text)}`)
}

export function runnerName(text: string): string {
  if (WHERE.includes(text)) return text
  throw new UsageError(`--runner must be one of ${WHERE.join(', ')}, not ${shown(text)}${didYouMean(text, WHERE)}`)
}

/** @throws {UsageError} */
export function kubernetesOnly(text: string): typeof KUBERNETES {
  if (text === KUBERNETES) return KUBERNETES
  throw new UsageError(`--runner must be ${KUBERNETES} here, not ${shown(text)}${didYouMean(text, [KUBERNETES])}`)
}

export const SHELLS = ['bash', 'zsh', 'fish'] as const
export type Shell = (typeof SHELLS)[number]

export function shellName(text: string): Shell {
  const shell = SHELLS.find(name => name === text)
  if (shell !== undefined) return shell
  throw new UsageError(`completion is for ${SHELLS.join(', ')}, not ${shown(text)}${didYouMean(text, SHELLS)}`)
}

/** Ids of steps, as a plan tells them. */
export function stepIds(text: string): string[] {
  if (text === 'none') return []
  const ids = text.split(',')
  if (ids.every(id => /^s\d+(\.\d+)?$/.test(id))) return ids
  throw new UsageError(`--only-steps must be ids of steps such as s1,s3, or none, not ${shown(text)}`)
}

export function nodeCommand(text: string): ProgramCommand {
  const { words, fault } = splitCommand(text, process.env)
  if (fault === undefined) return words
  throw new UsageError(`--node-command ${fault}`)
}

/** Without what could move a cursor. */
function shown(text: string): string {
  return JSON.stringify(printable(text, 60))
}
