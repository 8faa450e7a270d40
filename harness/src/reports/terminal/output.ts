/** What a stream can show. */

/** What is asked of the stream that is written to. */
export interface Output {
  readonly isTTY?: boolean
  readonly columns?: number
  readonly rows?: number
  write(text: string): unknown
  on?(event: 'resize', listener: () => void): unknown
  off?(event: 'resize', listener: () => void): unknown
}

type Environment = Readonly<Record<string, string | undefined>>

/** Whether a view may be drawn in place: on a terminal that knows cursor codes and its size, and is no log of a CI. */
export function canDraw(output: Output, env: Environment = process.env): boolean {
  return output.isTTY === true && env.TERM !== 'dumb' && !isCi(env) && hasRoom(output)
}

/** Logs of a CI are read later, by somebody who looks for something else. */
export function isCi({ CI }: Environment = process.env): boolean {
  return CI !== undefined && CI !== '' && CI !== 'false' && CI !== '0'
}

/** Whether text may be coloured. `FORCE_COLOR` and `NO_COLOR` decide, in this order, else whether a terminal is there. */
export function hasColour({ isTTY }: Output, env: Environment = process.env): boolean {
  const { FORCE_COLOR, NO_COLOR, TERM } = env
  if (FORCE_COLOR !== undefined) return FORCE_COLOR !== '0' && FORCE_COLOR !== 'false'
  if (NO_COLOR !== undefined && NO_COLOR !== '') return false
  return isTTY === true && TERM !== 'dumb'
}

/** Some terminals do not know their size and say 0, as do those that were made as small as can be. */
export function hasRoom({ columns = 80, rows = 24 }: Output): boolean {
  return columns > 0 && rows > 0
}
