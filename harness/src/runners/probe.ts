/** Whether somebody listens where a node says that it can be dialled. */
import { connect, isIP } from 'node:net'
import type { ProbeResult } from './runner.ts'

/** A host that is busy answers late; one that drops packets does not answer at all. */
const CONNECT_WITHIN_MS = 3_000

export const NO_ENDPOINT = 'no address of the form /ip4/<address>/tcp/<port>'

/**
 * Opens one TCP connection to the first address that TCP alone can try, `/ip4/<address>/tcp/<port>` or the same with ip6, and closes it.
 * It comes from an address of no node, as that of a stranger does. Never rejects.
 */
export async function probe(addrs: readonly string[]): Promise<ProbeResult> {
  const found = addrs.map(endpointOf).find(endpoint => endpoint !== undefined)
  if (found === undefined) {
    const why = addrs.length === 0 ? 'no address' : NO_ENDPOINT
    return { addr: addrs[0] ?? '', result: 'not-tried', why }
  }
  const { addr, host, port } = found
  if (port === 0) return { addr, result: 'refused', why: 'port 0 is no port: say the one that the system gave' }
  return await new Promise(resolve => {
    const socket = connect({ host, port, timeout: CONNECT_WITHIN_MS })
    const settle = (result: ProbeResult) => {
      socket.destroy()
      resolve(result)
    }
    socket.once('connect', () => settle({ addr, result: 'connected' }))
    socket.once('timeout', () => settle({ addr, result: 'refused', why: `no answer within ${CONNECT_WITHIN_MS} ms` }))
    socket.once('error', (error: NodeJS.ErrnoException) =>
      settle({ addr, result: 'refused', why: error.code ?? error.message })
    )
  })
}

export interface Endpoint {
  /** As the node says it. */
  readonly addr: string
  readonly host: string
  readonly port: number
}

/** As other programs write it. */
export function hostAndPort({ host, port }: Endpoint): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`
}

/** Undefined for every other form: nobody here can tell what it asks for. */
export function endpointOf(addr: string): Endpoint | undefined {
  const [, family, host = '', digits = ''] = /^\/ip([46])\/([^/]+)\/tcp\/(\d{1,5})(?:\/p2p\/[^/]+)?$/.exec(addr) ?? []
  const port = Number(digits)
  return isIP(host) === Number(family) && port <= 65_535 ? { addr, host, port } : undefined
}
