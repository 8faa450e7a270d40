/** Packages that only builds of adapters install: what the adapters use of them. */

declare module '@libp2p/pubsub-peer-discovery' {
  export function pubsubPeerDiscovery(init?: {
    interval?: number
  }): (components: never) => import('./libp2p.ts').Discovery
}

declare module 'hyperdht' {
  export interface Endpoint {
    host: string
    port: number
  }

  export default class DHT {
    constructor(options: { bootstrap: string[]; host: string; firewalled: boolean })
    static bootstrapper(port: number, host: string, options: { bootstrap: string[]; host: string }): DHT
    static keyPair(seed?: Uint8Array): { publicKey: Uint8Array; secretKey: Uint8Array }
    address(): Endpoint
    addNode(node: Endpoint): void
    fullyBootstrapped(): Promise<void>
    destroy(): Promise<void>
  }
}

declare module 'hyperswarm' {
  import type DHT from 'hyperdht'

  export interface Connection {
    remotePublicKey: Uint8Array
    end(): void
    on(event: 'close' | 'end' | 'data', listener: () => void): void
    on(event: 'error', listener: (error: Error) => void): void
  }

  export default class Hyperswarm {
    constructor(options: { dht: DHT; keyPair: { publicKey: Uint8Array; secretKey: Uint8Array } })
    join(topic: Uint8Array, options?: { client?: boolean; server?: boolean }): unknown
    joinPeer(publicKey: Uint8Array): void
    on(event: 'connection', listener: (connection: Connection) => void): void
    destroy(options?: { force?: boolean }): Promise<void>
  }
}
