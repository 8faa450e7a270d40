/** Where a dial would lead, so that strangers' words cannot aim many dials at one host. */
import type { PeerKey } from '../record/announcement.ts'

/** What has to be dialled for an address. */
export interface Endpoint {
  /** The IP, in one spelling; or the name, where it is not resolved yet. */
  readonly host: string
  readonly port: string
  /** The relay that must answer there, where the address leads on through it. */
  readonly relay?: PeerKey
}

/**
 * Where an address leads. An argument of the core, which knows addresses as texts only.
 *
 * @param addr - a multiaddr as text, from a stranger
 * @returns `free` where nobody has to be dialled: it leads through a relay that is connected. `forbidden` where it may lead to
 * somebody who has nothing to do with the network, or nowhere
 */
export type EndpointOf = (addr: string) => Endpoint | 'free' | 'forbidden'

/** Where a host knows no better, each address is the only one at its endpoint. */
export const endpointOfItsOwn: EndpointOf = addr => ({ host: addr, port: '' })
