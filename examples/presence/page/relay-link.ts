/** Keeps the page connected to the relay. A relay that starts again may be another peer, so the page asks who it is. */
import { RELAY_PATH } from '../network.ts'
import type { PageNode } from './network.ts'
import { relayAddr } from './relay-addr.ts'

const RETRY_MS = 1_000

/** Time for the web server to answer, and for the relay to be reached. */
const ANSWER_TIMEOUT_MS = 3_000

/** Resolves never. @param onChange - told whether the relay is connected, at each change */
export async function keepRelay(node: PageNode, onChange: (isConnected: boolean) => void): Promise<never> {
  while (true) {
    const peerId = await reachRelay(node)
    if (peerId === undefined) {
      await wait(RETRY_MS)
      continue
    }
    onChange(true)
    await until(node, 'peer:disconnect', peerId)
    onChange(false)
  }
}

/** The relay's peer id once it is connected; undefined when it does not answer in time. */
async function reachRelay(node: PageNode): Promise<string | undefined> {
  try {
    const response = await fetch(RELAY_PATH, { signal: AbortSignal.timeout(ANSWER_TIMEOUT_MS) })
    const { peerId } = (await response.json()) as { peerId: string }
    if (isConnected(node, peerId)) return peerId
    const connected = until(node, 'peer:connect', peerId, AbortSignal.timeout(ANSWER_TIMEOUT_MS))
    // Dialled at once, and again until it was reached.
    node.services.discovery.addPeer(relayAddr(location, peerId))
    await connected
    return isConnected(node, peerId) ? peerId : undefined
  } catch {
    return undefined
  }
}

function isConnected(node: PageNode, peerId: string): boolean {
  return node.getPeers().some(peer => peer.toString() === peerId)
}

/** Resolves when libp2p tells this of the peer, or when the signal aborts. */
async function until(
  node: PageNode,
  type: 'peer:connect' | 'peer:disconnect',
  peerId: string,
  signal?: AbortSignal
): Promise<void> {
  await new Promise<void>(resolve => {
    const done = () => {
      node.removeEventListener(type, onEvent)
      resolve()
    }
    const onEvent = ({ detail }: CustomEvent<{ toString(): string }>) => {
      if (detail.toString() === peerId) done()
    }
    node.addEventListener(type, onEvent)
    signal?.addEventListener('abort', done)
  })
}

async function wait(ms: number): Promise<void> {
  await new Promise(resolve => setTimeout(resolve, ms))
}
