/** Who is there, and who left: the address book as a page shows it. */
import type { DiscoveredPeer } from '@gossip-discovery/libp2p'
import { RELAY_ROLE } from '../network.ts'
import type { PageNode } from './network.ts'
import { type Profile, profileOf } from './profile.ts'

export interface Person extends Profile {
  /** Their peer id. */
  readonly id: string
  readonly link: Link
}

/** How this page reaches a person: over WebRTC, over the relay, or by what others pass on. */
export type Link = 'direct' | 'relayed' | 'heard of'

export interface Gone {
  readonly id: string
  readonly name: string
  /** Said farewell, or fell silent. */
  readonly how: 'left' | 'lost'
  readonly at: Date
}

/** Rows of the list of those who left. */
const MAX_GONE = 8

export class People {
  readonly #node: PageNode
  /** BOUNDED by `MAX_GONE`. The latest first. */
  #gone: readonly Gone[] = []

  /** @param onChange - called after each change of what is to be shown, with a sentence if somebody came or went */
  constructor(node: PageNode, onChange: (news?: string) => void) {
    this.#node = node
    const { addressBook } = node.services.discovery
    addressBook.addEventListener('joined', ({ detail }) => {
      if (isPerson(detail)) onChange(`${shownProfile(detail).name} is here`)
    })
    addressBook.addEventListener('updated', () => onChange())
    for (const [type, how] of [
      ['left', 'left'],
      ['expired', 'lost'],
      ['evicted', 'lost']
    ] as const) {
      addressBook.addEventListener(type, ({ detail }) => {
        if (!isPerson(detail)) return
        this.#remember(detail, how)
        onChange(`${shownProfile(detail).name} ${how === 'left' ? 'left' : 'was lost'}`)
      })
    }
    for (const type of ['connection:open', 'connection:close'] as const) node.addEventListener(type, () => onChange())
  }

  /** By name. */
  get present(): Person[] {
    return [...this.#node.services.discovery.addressBook]
      .filter(isPerson)
      .map(peer => this.#personOf(peer))
      .sort((one, other) => one.name.localeCompare(other.name) || one.id.localeCompare(other.id))
  }

  /** The latest first, without those who are back. */
  get gone(): readonly Gone[] {
    const present = new Set(this.present.map(({ name }) => name))
    return this.#gone.filter(({ name }) => !present.has(name))
  }

  #personOf(peer: DiscoveredPeer): Person {
    return { ...shownProfile(peer), id: peer.peerId.toString(), link: this.#linkTo(peer) }
  }

  #linkTo({ peerId }: DiscoveredPeer): Link {
    const connections = this.#node.getConnections(peerId)
    if (connections.length === 0) return 'heard of'
    return connections.some(({ limits }) => limits === undefined) ? 'direct' : 'relayed'
  }

  /** A person is in the list once: who opens the page again and again is one name. */
  #remember(peer: DiscoveredPeer, how: Gone['how']): void {
    const gone = { id: peer.peerId.toString(), name: shownProfile(peer).name, how, at: new Date() }
    this.#gone = [gone, ...this.#gone.filter(({ name }) => name !== gone.name)].slice(0, MAX_GONE)
  }
}

function isPerson({ metadata }: DiscoveredPeer): boolean {
  return metadata.get('role') !== RELAY_ROLE
}

/** What a stranger says of themselves is bounded as one's own words are. */
function shownProfile({ name, metadata }: DiscoveredPeer): Profile {
  const profile = profileOf({ name, state: metadata.get('state'), note: metadata.get('note') })
  return profile.name === '' ? { ...profile, name: 'Nameless' } : profile
}
