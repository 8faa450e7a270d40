/** Loopback addresses of a run: no other run of this host has them, in whatever process it is. */
import { once } from 'node:events'
import { createServer, type Server } from 'node:net'

export interface AddressRange {
  /** Where the node of that index listens, 0 being the first of the run. */
  listenAddrOf(index: number): string
  release(): void
}

/** The second byte of the addresses. 1 is that of runs that claim none. */
const FIRST_BYTE = 2
const LAST_BYTE = 254

/** Whoever listens at 127.x.255.254 and this port has claimed 127.x; no node gets an address that ends so. */
const CLAIM_PORT = 45_127

/**
 * On Linux all of 127.0.0.0/8 is this host; elsewhere there is only 127.0.0.1, and ports tell nodes apart.
 *
 * @throws {Error} if runs hold all ranges
 */
export async function claimLoopback(platform: NodeJS.Platform = process.platform): Promise<AddressRange> {
  if (platform !== 'linux') return { listenAddrOf: () => '/ip4/127.0.0.1/tcp/0', release: () => {} }
  const count = LAST_BYTE - FIRST_BYTE + 1
  const first = Math.floor(Math.random() * count)
  for (let tried = 0; tried < count; tried++) {
    const byte = FIRST_BYTE + ((first + tried) % count)
    const claim = await listenAt(`127.${byte}.255.254`)
    if (claim === undefined) continue
    return {
      listenAddrOf: index => `/ip4/127.${byte}.${1 + Math.floor(index / 250)}.${1 + (index % 250)}/tcp/0`,
      release: () => void claim.close()
    }
  }
  throw new Error(`all ${count} ranges of loopback addresses are held by other runs; end some of them`)
}

/** Undefined if somebody listens there already. The system gives the address back when this process ends, however it does. */
async function listenAt(host: string): Promise<Server | undefined> {
  const server = createServer(socket => socket.destroy())
  server.listen({ host, port: CLAIM_PORT, exclusive: true })
  try {
    await once(server, 'listening')
    return server.unref()
  } catch {
    return undefined
  }
}
