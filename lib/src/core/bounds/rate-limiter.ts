/** A bucket of tokens for each key: a burst at once, and a steady rate after it. */
import { Recent } from './recent.ts'

/** What a key may do. */
export interface Rate {
  /** Tokens of a full bucket. */
  readonly burst: number
  readonly perSecond: number
  /** So many buckets are kept for certain, and at most twice as many; one that was forgotten is full again when it comes back. */
  readonly keys: number
}

interface Bucket {
  tokens: number
  atMs: number
}

/** Says whether a key may act at this moment. Bounded. */
export class RateLimiter {
  /** BOUNDED by `keys`, twice. */
  readonly #buckets: Recent<string, Bucket>
  readonly #burst: number
  readonly #perMs: number
  /** Who asks once mostly asks again: of the key that asked last. */
  #last: { readonly key: string; readonly bucket: Bucket } | undefined

  constructor({ burst, perSecond, keys }: Rate) {
    this.#buckets = new Recent(keys)
    this.#burst = burst
    this.#perMs = perSecond / 1_000
  }

  /** Takes a token of the key's bucket, if there is one. */
  admits(key: string, nowMs: number): boolean {
    return this.has(key, nowMs, 1)
  }

  /**
   * Whether the key's bucket has a token.
   *
   * @param price - tokens to take if it has: none to look only
   */
  has(key: string, nowMs: number, price: 0 | 1 = 0): boolean {
    const bucket = this.#last?.key === key ? this.#last.bucket : this.#bucketOf(key, nowMs)
    bucket.tokens = Math.min(this.#burst, bucket.tokens + (nowMs - bucket.atMs) * this.#perMs)
    bucket.atMs = nowMs
    if (bucket.tokens < 1) return false
    bucket.tokens -= price
    return true
  }

  #bucketOf(key: string, nowMs: number): Bucket {
    let bucket = this.#buckets.get(key)
    if (bucket === undefined) {
      bucket = { tokens: this.#burst, atMs: nowMs }
      this.#buckets.set(key, bucket)
    }
    this.#last = { key, bucket }
    return bucket
  }
}
