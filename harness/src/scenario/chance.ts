/** Repeatable chance: equal seeds give equal plans, on every machine. */

/** Uniform in [0, 1). */
export type Chance = () => number

/**
 * A sequence of its own for each purpose, so that one more draw for one purpose changes no other.
 *
 * @param seed - of the whole plan, an integer
 */
export function planChance(seed: number, purpose: string): Chance {
  let state = mixed(seed)
  for (const character of purpose) state = mixed(state ^ character.codePointAt(0)!)
  return () => {
    state = (state + 0x9e3779b9) | 0
    return mixed(state) / 2 ** 32
  }
}

/** Some of the items, each at most once, chosen evenly, in a random order. */
export function sample<T>(items: readonly T[], count: number, chance: Chance): T[] {
  const rest = [...items]
  const wanted = Math.min(count, rest.length)
  for (let i = 0; i < wanted; i++) {
    const other = i + Math.floor(chance() * (rest.length - i))
    const item = rest[i]!
    rest[i] = rest[other]!
    rest[other] = item
  }
  rest.length = wanted
  return rest
}

/** 32 bits, each of which depends on each bit of `value` (the finaliser of MurmurHash3). */
function mixed(value: number): number {
  let bits = value | 0
  bits = Math.imul(bits ^ (bits >>> 16), 0x85ebca6b)
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35)
  return (bits ^ (bits >>> 16)) >>> 0
}
