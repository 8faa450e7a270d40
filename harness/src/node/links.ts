/** Tells to whom the node is connected: at each change, at most once a second. */

/** Of libp2p 2 and 3. */
export interface Connected {
  getPeers(): { toString(): string }[]
  addEventListener(type: 'peer:connect' | 'peer:disconnect', listener: () => void): void
}

const INTERVAL_MS = 1_000

export function reportLinks(node: Connected, report: (peerIds: string[]) => void): void {
  let timer: ReturnType<typeof setTimeout> | undefined
  let isDue = false
  const tell = () => {
    isDue = false
    report(node.getPeers().map(peer => peer.toString()))
    timer = setTimeout(() => {
      timer = undefined
      if (isDue) tell()
    }, INTERVAL_MS)
    timer.unref()
  }
  const changed = () => {
    isDue = true
    if (timer === undefined) tell()
  }
  node.addEventListener('peer:connect', changed)
  node.addEventListener('peer:disconnect', changed)
}
