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
 * const core = new Discovery(resolveConfig({ name: 'alice' }), self, { random: seededRandom(7), groupOf: addr => addr }, 0)
 * for (const output of core.handle({ type: 'tick' }, 10)) console.log(output.type)
 * ```
 */
export * from './book/address-book.ts'
export * from './book/digest.ts'
export * from './book/entry.ts'
export * from './book/entry-store.ts'
export type { Tombstone } from './book/tombstones.ts'
export * from './bounds/budget.ts'
export * from './bounds/budgets.ts'
export * from './bounds/endpoint.ts'
export * from './bounds/group.ts'
export * from './bounds/prices.ts'
export * from './bounds/rate-limiter.ts'
export * from './bounds/recent.ts'
export * from './config.ts'
export type { OverlayHost } from './dialling/dialling.ts'
export * from './discovery.ts'
export * from './effects.ts'
export * from './gossip/push.ts'
export * from './gossip/sync.ts'
export * from './liveness/liveness.ts'
export type { LinkOrigin } from './overlay/links.ts'
export * from './overlay/lost-peers.ts'
export * from './overlay/overlay.ts'
export * from './random.ts'
export * from './record/aged-record.ts'
export * from './record/announcement.ts'
export * from './record/announcer.ts'
export { isPlainText } from './record/text.ts'
