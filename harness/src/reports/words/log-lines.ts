/** The lines of a node's log beside an event: what it said of itself when it happened. */
import { printable } from '../../printable.ts'

/** Of one line; the rest is in the log. */
const MAX_LINE_LENGTH = 300

/** The time stands at the beginning of a line, after a level or a name at most. */
const MAX_TIME_OFFSET = 60
const TIME = /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z/

export interface LogLines {
  /** Printable, in order. */
  readonly lines: readonly string[]
  /** `beside`: the lines that were written nearest to the moment; `last`: no line tells its time, so these are the last ones. */
  readonly which: 'beside' | 'last'
}

/**
 * @param log - the whole text
 * @param wallMs - of the event, in ms since 1970
 * @param amount - of lines at most
 */
export function logLinesBeside(log: string, wallMs: number, amount: number): LogLines {
  const lines = log.split('\n').filter(line => line.trim() !== '')
  const times = lines.map(timeOf)
  if (times.every(ms => ms === undefined)) return { lines: lines.slice(-amount).map(shownLine), which: 'last' }
  const after = times.findIndex(ms => ms !== undefined && ms > wallMs)
  const at = after === -1 ? lines.length : after
  const from = Math.max(0, Math.min(at - Math.ceil(amount / 2), lines.length - amount))
  return { lines: lines.slice(from, from + amount).map(shownLine), which: 'beside' }
}

function timeOf(line: string): number | undefined {
  const [time] = TIME.exec(line.slice(0, MAX_TIME_OFFSET)) ?? []
  return time === undefined ? undefined : Date.parse(time)
}

function shownLine(line: string): string {
  return printable(line, MAX_LINE_LENGTH)
}
