/** A source of chance: uniform in [0, 1). Handed in by the host, so that a run can be repeated. */
export type Random = () => number

/** A uniform integer in [0, bound). */
export function randomBelow(bound: number, random: Random): number {
  return Math.floor(random() * bound)
}

/** `value`, moved up or down by at most `ratio` of itself, so that nodes started together do not stay in step. */
export function jittered(value: number, ratio: number, random: Random): number {
  return value * (1 + ratio * (2 * random() - 1))
}

/**
 * A repeatable source (mulberry32): equal seeds give equal sequences. For tests and simulations, never for secrets.
 *
 * @param seed - an integer; its lowest 32 bits count
 */
export function seededRandom(seed: number): Random {
  let state = seed | 0
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}
