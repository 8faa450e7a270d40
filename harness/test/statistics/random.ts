/** Seeded chance for samples whose distribution is known (mulberry32). */

/** Numbers above 0 and below 1. */
export function randomFrom(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return (((mixed ^ (mixed >>> 14)) >>> 0) + 0.5) / 4_294_967_296
  }
}

/** A value around `median` that is as often twice as half of it, with `spread` as the standard deviation of its logarithm. */
export function lognormal(random: () => number, median: number, spread: number): number {
  const normal = Math.sqrt(-2 * Math.log(random())) * Math.cos(2 * Math.PI * random())
  return median * Math.exp(spread * normal)
}
