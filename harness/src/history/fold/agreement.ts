/** Keeps count of how far the books agree, listing by listing, so that nobody has to compare all books again. */

import type { Listing, Network, NodeRun, PeerId, Said } from '../observed.ts'
import { fieldsOf } from './fields.ts'

/** Each live node lists each other one as it says of itself, lists nothing else, and no node is awaited. */
export function isFull(network: Network): boolean {
  const { live, awaited, agreeing, listings } = network
  // One node alone has nobody to find, and none at all proves nothing.
  return live.size >= 2 && awaited === 0 && agreeing === live.size * (live.size - 1) && listings === agreeing
}

/** The node said ready, or said so again with other addresses. */
export function beginAgreement(network: Network, run: NodeRun, peerId: PeerId): void {
  const owner = network.owners.get(peerId)
  // A peer id is that of the node that had it first, while this is there.
  if (owner === undefined || owner.node === run.node || !network.live.has(owner)) network.owners.set(peerId, run)
  if (!network.live.has(run)) {
    network.live.add(run)
    network.listings += run.book.size
    network.agreeing += run.agreeing
  }
  regrade(network, peerId)
  // What was listed before the node said which fields its book holds was held to all of them.
  for (const [peer, listing] of run.book) if (!listing.agrees) grade(network, run, peer, listing)
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
  const isOther = owner !== undefined && owner !== run && network.live.has(owner)
  count(network, run, listing, isOther && differingFields(run, listing, owner).length === 0)
}

/** Which fields of the entry, as far as its book holds them, are not as the subject says of itself. */
export function differingFields(observer: NodeRun, listed: Said, { ready }: NodeRun): ('epoch' | 'name' | 'addrs')[] {
  const fields = fieldsOf(observer)
  const differing: ('epoch' | 'name' | 'addrs')[] = []
  if (fields.has('epoch') && ready?.epoch !== undefined && ready.epoch !== listed.epoch) differing.push('epoch')
  if (fields.has('name') && ready?.node !== listed.name) differing.push('name')
  if (fields.has('addrs') && !sameAddrs(ready?.addrs ?? [], listed.addrs)) differing.push('addrs')
  return differing
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
