import { printable } from '../../printable.ts'
import { UsageError } from '../usage/values.ts'

/** What `judge --format` can name. */
export const FORMAT_NAMES = ['text', 'json', 'junit', 'tap', 'markdown', 'openmetrics', 'html'] as const

export type FormatName = (typeof FORMAT_NAMES)[number]

/** @throws {UsageError} with the list, for any other name */
export function formatName(text: string): FormatName {
  const name = FORMAT_NAMES.find(each => each === text)
  if (name !== undefined) return name
  throw new UsageError(`--format must be one of ${FORMAT_NAMES.join(', ')}, not ${printable(text, 40)}`)
}
