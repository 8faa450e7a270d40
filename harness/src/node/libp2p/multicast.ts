/** mDNS, which fails silently where multicast is not to be had. */
import { createSocket } from 'node:dgram'
import { mdns } from '@libp2p/mdns'

const MDNS_GROUP = '224.0.0.251'

/** A query is lost on those who are not listening yet, and libp2p's 10 s until the next one are long for a test. */
const QUERY_INTERVAL_MS = 1_000

/** mDNS where the host can take part in it; elsewhere nothing, and one line on stderr that says so. */
export async function mdnsIfPossible(): Promise<ReturnType<typeof mdns>[]> {
  const fault = await multicastFault()
  if (fault === undefined) return [mdns({ interval: QUERY_INTERVAL_MS })]
  process.stderr.write(
    `node: no mDNS here, no route leads to ${MDNS_GROUP} (${fault}): add a default route, or --bootstrap\n`
  )
  return []
}

/** Why this host cannot join the group of mDNS, such as `ENODEV`; undefined when it can. */
async function multicastFault(): Promise<string | undefined> {
  const socket = createSocket('udp4')
  try {
    await new Promise<void>((resolve, reject) => socket.once('error', reject).bind(0, resolve))
    socket.addMembership(MDNS_GROUP)
    return undefined
  } catch (error) {
    return (error as NodeJS.ErrnoException).code ?? (error as Error).message
  } finally {
    socket.close()
  }
}
