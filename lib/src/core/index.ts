/**
 * The pure core, for hosts other than libp2p: simulators, tests, other transports.
 *
 * @module libp2p-gossip-discovery/core
 *
 * @example
 * ```ts
 * import { Discovery, resolveConfig, seededRandom } from 'libp2p-gossip-discovery/core'
 *
 * const self = { peer: 'alice', epoch: 1 }
 * const core = new Discovery(resolveConfig({ name: 'alice' }), self, seededRandom(7), 0)
 * for (const output of core.handle({ type: 'tick' }, 10)) console.log(output.type)
 * ```
 */
export * from './address-book.ts'
export * from './aged-record.ts'
export * from './announcement.ts'
export * from './announcer.ts'
export * from './config.ts'
export * from './discovery.ts'
export * from './effects.ts'
export * from './liveness.ts'
export * from './lost-peers.ts'
export * from './overlay.ts'
export * from './push.ts'
export * from './random.ts'
export * from './rate-limiter.ts'
export * from './recent.ts'
export * from './shelf.ts'
export type { Named, SlotIndex } from './slot-index.ts'
export * from './sync.ts'
