/** Keeps count of how far the books agree, listing by listing, so that nobody has to compare all books again. */
import type { Listing, Network, NodeRun, PeerId } from './network.ts'

/** Each live node lists each other one as it says of itself, lists nothing else, and no node is awaited. */
export function isFull(network: Network): boolean {
  const { live, awaited, agreeing, listings } = network
  // One node alone has nobody to find, and none at all proves nothing.
  return live.size >= 2 && awaited === 0 && agreeing === live.size * (live.size - 1) && listings === agreeing
}

/** The node said ready, or said so again with other addresses. */
export function beginAgreement(network: Network, run: NodeRun, peerId: PeerId): void {
  network.owners.set(peerId, run)
  if (!network.live.has(run)) {
    network.live.add(run)
    network.listings += run.book.size
    network.agreeing += run.agreeing
  }
  regrade(network, peerId)
}

/** The node ended, or was told to. */
export function endAgreement(network: Network, run: NodeRun): void {
  if (!network.live.delete(run)) return
  network.listings -= run.book.size
  network.agreeing -= run.agreeing
  regrade(network, run.ready!.peerId)
}

export function list(network: Network, run: NodeRun, peerId: PeerId, said: Omit<Listing, 'agrees'>): void {
  unlist(network, run, peerId)
  const listing = { ...said, agrees: false }
  run.book.set(peerId, listing)
  if (network.live.has(run)) network.listings += 1
  observersOf(network, peerId).add(run)
  grade(network, run, peerId, listing)
}

export function unlist(network: Network, run: NodeRun, peerId: PeerId): void {
  const listing = run.book.get(peerId)
  if (listing === undefined) return
  count(network, run, listing, false)
  run.book.delete(peerId)
  if (network.live.has(run)) network.listings -= 1
}

/** Addresses are a set: order and repeats say nothing. */
export function sameAddrs(a: readonly string[], b: readonly string[]): boolean {
  if (a.length === b.length && a.every((addr, i) => addr === b[i])) return true
  const [left, right] = [new Set(a), new Set(b)]
  return left.size === right.size && a.every(addr => right.has(addr))
}

function regrade(network: Network, peerId: PeerId): void {
  for (const run of observersOf(network, peerId)) {
    const listing = run.book.get(peerId)
    if (listing !== undefined) grade(network, run, peerId, listing)
  }
}

function grade(network: Network, run: NodeRun, peerId: PeerId, listing: Listing): void {
  const owner = network.owners.get(peerId)
  const said = owner?.ready
  const agrees =
    owner !== undefined &&
    owner !== run &&
    said !== undefined &&
    network.live.has(owner) &&
    (said.epoch ?? 0) === listing.epoch &&
    said.node === listing.name &&
    sameAddrs(said.addrs, listing.addrs)
  count(network, run, listing, agrees)
}

function count(network: Network, run: NodeRun, listing: Listing, agrees: boolean): void {
  const change = Number(agrees) - Number(listing.agrees)
  listing.agrees = agrees
  run.agreeing += change
  if (network.live.has(run)) network.agreeing += change
}

function observersOf(network: Network, peerId: PeerId): Set<NodeRun> {
  const known = network.listedBy.get(peerId)
  if (known !== undefined) return known
  const observers = new Set<NodeRun>()
  network.listedBy.set(peerId, observers)
  return observers
}
