/** Where the relay is, seen from a page that the web server has sent: behind the same host and port. */

/** The part of `window.location` that says where the page came from. */
export type PageLocation = Pick<Location, 'protocol' | 'hostname' | 'port'>

/**
 * @param relayPeerId - who must answer there
 * @returns the multiaddr of its WebSockets, over TLS where the page came over https
 */
export function relayAddr({ protocol, hostname, port }: PageLocation, relayPeerId: string): string {
  const isSecure = protocol === 'https:'
  const usedPort = port === '' ? (isSecure ? '443' : '80') : port
  return `${hostAddr(hostname)}/tcp/${usedPort}${isSecure ? '/tls' : ''}/ws/p2p/${relayPeerId}`
}

/** A browser asks a public resolver for names in addresses, which does not know this one. */
function hostAddr(hostname: string): string {
  if (hostname === 'localhost') return '/ip4/127.0.0.1'
  if (/^\d+(\.\d+){3}$/.test(hostname)) return `/ip4/${hostname}`
  return hostname.startsWith('[') ? `/ip6/${hostname.slice(1, -1)}` : `/dns/${hostname}`
}
