/** A host of libp2p 2 dressed as one of libp2p 3, so that the service knows no other: streams and their handlers differ. */
import type {
  AbortOptions,
  Connection,
  Peer,
  PeerData,
  PeerId,
  PendingDial,
  Stream,
  StreamHandler,
  StreamHandlerOptions
} from '@libp2p/interface'
import { isMultiaddr, type Multiaddr } from '@multiformats/multiaddr'
import type { GossipDiscoveryComponents } from '../libp2p/components.ts'
import { LOG_NAME, serviceLog } from '../libp2p/reports/log.ts'
import { type DuplexStream, MessageStream } from './message-stream.ts'

/** The parts of a host of libp2p 2 that the service uses. The types of libp2p 2 are not at hand beside those of libp2p 3. */
export interface Libp2p2Components {
  // biome-ignore-start lint/suspicious/noExplicitAny: see above
  peerId: any
  privateKey: any
  logger: any
  events: any
  addressManager: any
  connectionManager: any
  connectionGater: any
  transportManager: any
  registrar: any
  peerStore: any
  datastore: any
  // biome-ignore-end lint/suspicious/noExplicitAny: see above
}

/** Makes an address of the host's version. */
export type HostAddr = (addr: Multiaddr) => unknown

export function dressed(host: Libp2p2Components, hostAddr: HostAddr): GossipDiscoveryComponents {
  const connectionOf = connectionDresser(host)
  // What is not named here is looked up in the host, and only when it is used: pubsub is not there yet.
  return Object.create(host, {
    events: { value: eventsOf(host, connectionOf) },
    connectionManager: { value: connectionManagerOf(host, connectionOf, hostAddr) },
    connectionGater: { value: connectionGaterOf(host, hostAddr) },
    transportManager: { value: transportManagerOf(host, connectionOf, hostAddr) },
    peerStore: { value: peerStoreOf(host, hostAddr) },
    registrar: { value: registrarOf(host, connectionOf) }
  })
}

type ConnectionDresser = (connection: Connection) => Connection

/** The service remembers connections, so each is dressed only once. */
function connectionDresser(host: Libp2p2Components): ConnectionDresser {
  const known = new WeakMap<Connection, Connection>()
  return connection => {
    const dressed = known.get(connection) ?? dressedConnection(connection, host)
    known.set(connection, dressed)
    return dressed
  }
}

function dressedConnection(connection: Connection, host: Libp2p2Components): Connection {
  const newStream = async (...args: Parameters<Connection['newStream']>) =>
    messageStream(await connection.newStream(...args), host)
  return new Proxy(connection, {
    get(target, name) {
      if (name === 'newStream') return newStream
      const value = Reflect.get(target, name)
      return typeof value === 'function' ? value.bind(target) : value
    }
  })
}

function messageStream(stream: unknown, host: Libp2p2Components): Stream {
  const log = serviceLog(host.logger.forComponent(`${LOG_NAME}:stream`), host.peerId, String)
  return new MessageStream(stream as DuplexStream, log)
}

type Listener = (event: CustomEvent) => void

/** The host's own events, so that a service that is stopped leaves no listener there. */
function eventsOf({ events }: Libp2p2Components, connectionOf: ConnectionDresser): GossipDiscoveryComponents['events'] {
  const dressing = new WeakMap<Listener, Listener>()
  const dressed = {
    addEventListener(type: string, listener: Listener): void {
      const ofHost = type === 'connection:open' ? dressedListener(listener, connectionOf) : listener
      dressing.set(listener, ofHost)
      events.addEventListener(type, ofHost)
    },
    removeEventListener(type: string, listener: Listener): void {
      events.removeEventListener(type, dressing.get(listener))
    }
  }
  return dressed as unknown as GossipDiscoveryComponents['events']
}

function dressedListener(listener: Listener, connectionOf: ConnectionDresser): Listener {
  return ({ type, detail }) => listener(new CustomEvent(type, { detail: connectionOf(detail) }))
}

function connectionManagerOf(host: Libp2p2Components, connectionOf: ConnectionDresser, hostAddr: HostAddr) {
  const { connectionManager } = host
  return {
    openConnection: async (target: PeerId | Multiaddr, options: AbortOptions) =>
      connectionOf(await connectionManager.openConnection(isMultiaddr(target) ? hostAddr(target) : target, options)),
    getDialQueue: (): PendingDial[] => connectionManager.getDialQueue(),
    getConnections: (peer?: PeerId): Connection[] => connectionManager.getConnections(peer).map(connectionOf)
  }
}

function connectionGaterOf({ connectionGater }: Libp2p2Components, hostAddr: HostAddr) {
  return {
    denyDialPeer: async (peer: PeerId): Promise<boolean> => (await connectionGater.denyDialPeer?.(peer)) === true,
    denyDialMultiaddr: async (addr: Multiaddr): Promise<boolean> =>
      (await connectionGater.denyDialMultiaddr?.(hostAddr(addr))) === true
  }
}

function transportManagerOf(host: Libp2p2Components, connectionOf: ConnectionDresser, hostAddr: HostAddr) {
  const { transportManager } = host
  return {
    dialTransportForMultiaddr: (addr: Multiaddr) => transportManager.dialTransportForMultiaddr(hostAddr(addr)),
    dial: async (addr: Multiaddr, options: AbortOptions) =>
      connectionOf(await transportManager.dial(hostAddr(addr), options))
  }
}

function peerStoreOf({ peerStore }: Libp2p2Components, hostAddr: HostAddr) {
  return {
    get: async (peer: PeerId): Promise<Peer> => await peerStore.get(peer),
    delete: async (peer: PeerId): Promise<void> => await peerStore.delete(peer),
    patch: async (peer: PeerId, data: PeerData): Promise<Peer> => await peerStore.patch(peer, data),
    merge: async (peer: PeerId, { multiaddrs, ...data }: PeerData): Promise<Peer> =>
      await peerStore.merge(peer, { ...data, ...(multiaddrs && { multiaddrs: multiaddrs.map(hostAddr) }) })
  }
}

function registrarOf(host: Libp2p2Components, connectionOf: ConnectionDresser) {
  const { registrar } = host
  return {
    handle: async (protocol: string, handler: StreamHandler, options: StreamHandlerOptions) =>
      await registrar.handle(
        protocol,
        (inbound: { stream: unknown; connection: Connection }) =>
          handler(messageStream(inbound.stream, host), connectionOf(inbound.connection)),
        options
      ),
    unhandle: async (protocol: string) => await registrar.unhandle(protocol)
  }
}
