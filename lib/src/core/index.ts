/** The pure core, for hosts other than libp2p: simulators, tests, other transports. */
export * from './address-book.ts'
export * from './announcement.ts'
export * from './config.ts'
export * from './discovery.ts'
export * from './overlay.ts'
export * from './random.ts'
export * from './sync.ts'
