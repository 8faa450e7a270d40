/** A bucket of tokens for each key: a burst at once, and a steady rate after it. */

export interface Rate {
  /** Tokens of a full bucket. */
  readonly burst: number
  readonly perSecond: number
  /** Buckets kept; the one unused for longest is forgotten, and full again when it comes back. */
  readonly maxKeys: number
}

/** Says whether a key may act at this moment. Bounded. */
export class RateLimiter {
  /** BOUNDED by `maxKeys`. Least recently used first. */
  readonly #buckets = new Map<string, { tokens: number; atMs: number }>()
  readonly #rate: Rate

  constructor(rate: Rate) {
    this.#rate = rate
  }

  /** Takes a token of the key's bucket, if there is one. */
  admits(key: string, nowMs: number): boolean {
    const { burst, perSecond, maxKeys } = this.#rate
    const bucket = this.#buckets.get(key) ?? { tokens: burst, atMs: nowMs }
    this.#buckets.delete(key)
    if (this.#buckets.size >= maxKeys) this.#buckets.delete(this.#buckets.keys().next().value!)
    const tokens = Math.min(burst, bucket.tokens + ((nowMs - bucket.atMs) / 1_000) * perSecond)
    const admitted = tokens >= 1
    this.#buckets.set(key, { tokens: admitted ? tokens - 1 : tokens, atMs: nowMs })
    return admitted
  }
}
