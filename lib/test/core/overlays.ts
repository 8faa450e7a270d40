/** An overlay on its own, and what it asks for. */
import { AddressBook } from '../../src/core/book/address-book.ts'
import type { Host } from '../../src/core/discovery.ts'
import type { DialTarget, Output } from '../../src/core/effects.ts'
import { Overlay } from '../../src/core/overlay/overlay.ts'
import { seededRandom } from '../../src/core/random.ts'
import { record } from './records.ts'

export const SELF = 'm'

export type Dial = Extract<Output, { type: 'dial' }>

/** @param host - chance, and what addresses mean; each is a group of its own by default */
export function newOverlay(
  bounds: { targetConnections?: number } = {},
  host: Partial<Host> | Host['random'] = {}
): Overlay {
  const given = typeof host === 'function' ? { random: host } : host
  return new Overlay(
    SELF,
    { targetConnections: 3, dialBackoffMs: 1_000, ...bounds },
    { random: seededRandom(1), groupOf: addr => addr, ...given },
    0
  )
}

/** A link that the peer dialled. */
export function inbound(overlay: Overlay, peer: string, nowMs = 0, addr = `/${peer}`): void {
  overlay.opened(peer, { initiator: false, addr }, nowMs)
}

/** A link that this node dialled, to a peer that its application named. */
export function chosen(overlay: Overlay, peer: string, nowMs = 0): void {
  overlay.addNamed(target(peer))
  overlay.opened(peer, { initiator: true, addr: `/${peer}` }, nowMs)
  overlay.dialled(peer, true, nowMs)
}

export function bookOf(...peers: string[]): AddressBook {
  const book = new AddressBook({ maxEntries: 1_000, maxTombstones: 0 })
  for (const peer of peers) book.apply(record({ peer, addrs: [`/${peer}`], ttlMs: 24 * 3_600_000 }), 0)
  return book
}

export function target(id: string): DialTarget {
  return { id, addrs: [`/${id}`] }
}

export function dials(outputs: Output[]): Dial[] {
  return outputs.filter(output => output.type === 'dial')
}

export function dialsOf(outputs: Output[]): string[] {
  return dials(outputs).map(output => output.target.id)
}

export function releasesOf(outputs: Output[]): string[] {
  return outputs.flatMap(output => (output.type === 'send' && output.message.type === 'release' ? [output.to] : []))
}

export function hangUpsOf(outputs: Output[]): string[] {
  return outputs.flatMap(output => (output.type === 'hang-up' ? [output.peer] : []))
}
