/** Options come in loose and leave complete. */
import { between, flag, type OptionRule, type OptionRules, optionFaults, wholeBetween } from './options.ts'
import { BOUNDS, type Metadata } from './record/announcement.ts'
import { metadataOf, metadataRule, nameRule } from './record/content.ts'

/** What an application may choose; everything has a default. */
export interface DiscoveryInit {
  /** The label others see. At most 64 bytes, no control characters. Default: none, an empty label. */
  name?: string
  /** Text to text or bytes, announced with every record. At most 512 bytes in all; copied. Default: none. */
  metadata?: Readonly<Record<string, string | Uint8Array>> | Metadata
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
   * high probability. With 1 a node wants a link to a peer of a smaller id besides, so that all links together make a tree.
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
  metadata: Metadata
}

/**
 * Options that cannot be taken; the message names each, what it must be, and what it is.
 *
 * @example
 * ```ts
 * import { gossipDiscovery, InvalidConfigError } from '@gossip-discovery/libp2p'
 *
 * try {
 *   gossipDiscovery({ announceIntervalMs: 1, targetConnections: 0 })
 * } catch (error) {
 *   if (error instanceof InvalidConfigError) for (const fault of error.faults) console.error(fault)
 * }
 * ```
 */
export class InvalidConfigError extends Error {
  override name = 'InvalidConfigError'
  /** Everything that is wrong, a sentence each; at least one. */
  readonly faults: readonly string[]

  constructor(faults: string | readonly string[]) {
    const list = typeof faults === 'string' ? [faults] : faults
    super(list.length === 1 ? list[0] : [`${list.length} options cannot be taken:`, ...list].join('\n- '))
    this.faults = list
  }
}

/** An entry survives the loss of two announcements in a row. */
export const MIN_ANNOUNCEMENTS_PER_TTL = 3

const INTERVAL_RULE = between(100, 3_600_000)
const MIN_TTL_MS = 1_000
const MAX_TTL_MS = BOUNDS.ttlMaxMs
const DEFAULT_INTERVAL_MS = 10_000
const DEFAULT_TTL_MS = 30_000

const RULES: OptionRules<DiscoveryInit> = {
  name: nameRule,
  metadata: metadataRule,
  listenOnly: flag,
  announceIntervalMs: INTERVAL_RULE,
  entryTtlMs: (value, given) => {
    const { announceIntervalMs } = given
    const isKnown = announceIntervalMs !== undefined && INTERVAL_RULE(announceIntervalMs, given).length === 0
    const intervalMs = isKnown ? Number(announceIntervalMs) : DEFAULT_INTERVAL_MS
    const why = 'at least 3 x announceIntervalMs and 1 s'
    return between(Math.max(MIN_TTL_MS, MIN_ANNOUNCEMENTS_PER_TTL * intervalMs), MAX_TTL_MS, why)(value, given)
  },
  maxAnnouncementsPerSecond: between(0.01, 10_000),
  targetConnections: wholeBetween(1, 256),
  syncIntervalMs: between(100, 3_600_000),
  dialBackoffMs: between(10, 60_000),
  maxEntries: wholeBetween(1, 1_000_000),
  maxTombstones: wholeBetween(0, 1_000_000)
}

/**
 * Fills in defaults and checks names, types, bounds and relations, all of them at once.
 *
 * @param more - rules for the options that a host has besides
 * @throws {InvalidConfigError} naming each option that cannot be taken, its value and what is allowed
 */
export function resolveConfig(
  init: DiscoveryInit = {},
  more: Readonly<Record<string, OptionRule>> = {}
): DiscoveryConfig {
  const faults = optionFaults(init, { ...RULES, ...more })
  if (faults.length > 0) throw new InvalidConfigError(faults)
  const announceIntervalMs = init.announceIntervalMs ?? DEFAULT_INTERVAL_MS
  return {
    name: init.name ?? '',
    metadata: metadataOf(init.metadata ?? {}),
    listenOnly: init.listenOnly ?? false,
    announceIntervalMs,
    entryTtlMs: init.entryTtlMs ?? Math.max(DEFAULT_TTL_MS, MIN_ANNOUNCEMENTS_PER_TTL * announceIntervalMs),
    maxAnnouncementsPerSecond: init.maxAnnouncementsPerSecond ?? 1,
    targetConnections: init.targetConnections ?? 3,
    syncIntervalMs: init.syncIntervalMs ?? 30_000,
    dialBackoffMs: init.dialBackoffMs ?? 1_000,
    maxEntries: init.maxEntries ?? 16_384,
    maxTombstones: init.maxTombstones ?? 16_384
  }
}
