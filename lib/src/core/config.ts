/** Options come in loose and leave complete. */

/** What an application may choose; everything has a default. */
export interface DiscoveryInit {
  /** The label others see. At most 64 bytes, no control characters. Default: none, an empty label. */
  name?: string
  /** Text to text or bytes, announced with every record. At most 512 bytes in all. Default: none. */
  metadata?: Record<string, string | Uint8Array>
  /** Keep a book without ever being in one: nothing is announced. Default false. */
  listenOnly?: boolean
  /**
   * Time between two announcements in a small network; it stretches with the size of the book (`maxAnnouncementsPerSecond`).
   * Shorter notices silent peers earlier and costs every node more. Default 10 s: a guess, a third of the model's expiry.
   */
  announceIntervalMs?: number
  /**
   * How long others keep an entry without news. At least 3 announcements must fit, so that two lost ones do no harm.
   * Default 30 s, as in iroh-gossip-discovery.
   */
  entryTtlMs?: number
  /**
   * What a node receives at most from the whole network, so that cost stays flat as it grows: with N peers each announces
   * every N / this seconds. Default 1: with gossipsub's copies and the headers of TCP about 3 kB/s, measured at 100 nodes.
   */
  maxAnnouncementsPerSecond?: number
  /**
   * Partners that a node wants at least. Two of them (one, where 1 is wanted) it chooses by its own random draw, whoever else
   * dials it; the others may be inbound. Higher is sturdier and costs a handshake each. Beyond twice as many, and never below 4
   * or, from 2 on, 6, the surplus is let go. Default 3: a random graph in which each node draws two others is connected with
   * high probability. With 1 it is not, and is mended as entries fade.
   */
  targetConnections?: number
  /** Time between two comparisons of the book with a connected peer. Default 30 s, as memberlist's push-pull. */
  syncIntervalMs?: number
  /**
   * Wait after a dial that failed; doubles with each failure up to 60 s, but not for a node that is still alone in its first
   * 10 s: where a crowd starts, whoever has no room has some soon. Default 1 s.
   */
  dialBackoffMs?: number
  /**
   * Most entries in the book. A full book gives up peers that nobody here has reached or confirmed, those of the group that brought most
   * first, and refuses newcomers where there are none. Default 16,384: about 16 MiB of heap.
   */
  maxEntries?: number
  /**
   * Most departed or expired peers remembered against replays. Beyond it, peers that were never listed are forgotten first, and those of the
   * group that brought most before others. Default 16,384.
   */
  maxTombstones?: number
}

/** {@link DiscoveryInit} with nothing left open; made by {@link resolveConfig}. */
export interface DiscoveryConfig extends Required<Omit<DiscoveryInit, 'metadata'>> {
  metadata: ReadonlyMap<string, string | Uint8Array>
}

/**
 * An option is out of its bounds; the message prints the value and the bound.
 *
 * @example
 * ```ts
 * import { InvalidConfigError } from '@gossip-discovery/libp2p'
 *
 * try {
 *   libp2p.services.discovery.announceEvery(1)
 * } catch (error) {
 *   if (error instanceof InvalidConfigError) console.error(error.message)
 * }
 * ```
 */
export class InvalidConfigError extends Error {
  override name = 'InvalidConfigError'
}

/** An entry survives the loss of two announcements in a row. */
export const MIN_ANNOUNCEMENTS_PER_TTL = 3

/**
 * Fills in defaults and checks bounds and relations.
 *
 * @throws {InvalidConfigError} naming the option, its value and what is allowed
 */
export function resolveConfig(init: DiscoveryInit = {}): DiscoveryConfig {
  const announceIntervalMs = inBounds('announceIntervalMs', init.announceIntervalMs ?? 10_000, 100, 3_600_000)
  const entryTtlMs = init.entryTtlMs ?? Math.max(30_000, MIN_ANNOUNCEMENTS_PER_TTL * announceIntervalMs)
  const minTtlMs = Math.max(1_000, MIN_ANNOUNCEMENTS_PER_TTL * announceIntervalMs)
  return {
    name: init.name ?? '',
    metadata: new Map(Object.entries(init.metadata ?? {})),
    listenOnly: init.listenOnly ?? false,
    announceIntervalMs,
    entryTtlMs: inBounds('entryTtlMs', entryTtlMs, minTtlMs, 86_400_000, 'at least 3 x announceIntervalMs and 1 s'),
    maxAnnouncementsPerSecond: inBounds('maxAnnouncementsPerSecond', init.maxAnnouncementsPerSecond ?? 1, 0.01, 10_000),
    targetConnections: wholeInBounds('targetConnections', init.targetConnections ?? 3, 1, 256),
    syncIntervalMs: inBounds('syncIntervalMs', init.syncIntervalMs ?? 30_000, 100, 3_600_000),
    dialBackoffMs: inBounds('dialBackoffMs', init.dialBackoffMs ?? 1_000, 10, 60_000),
    maxEntries: wholeInBounds('maxEntries', init.maxEntries ?? 16_384, 1, 1_000_000),
    maxTombstones: wholeInBounds('maxTombstones', init.maxTombstones ?? 16_384, 0, 1_000_000)
  }
}

function wholeInBounds(option: string, value: number, min: number, max: number): number {
  if (!Number.isInteger(value)) throw new InvalidConfigError(`${option} must be a whole number, got ${value}`)
  return inBounds(option, value, min, max)
}

function inBounds(option: string, value: number, min: number, max: number, why = ''): number {
  if (typeof value !== 'number' || !(value >= min && value <= max)) {
    const reason = why === '' ? '' : ` (${why})`
    throw new InvalidConfigError(`${option} must be between ${min} and ${max}${reason}, got ${value}`)
  }
  return value
}
