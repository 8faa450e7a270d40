/** Tells libp2p which connections this service needs: it ends those of peers with the lowest tags when it has too many. */
import type { PeerStore } from '@libp2p/interface'
import type { PeerKey } from '../core/index.ts'
import { peerIdOf } from './peer-ids.ts'

/** Under which the tag stands in the peer store. */
export const LINK_TAG = 'gossip-discovery'

/** A link that this node chose is dearer than those that any stranger can open, which have none. As Kademlia's closest peers. */
const CHOSEN_VALUE = 50

/** Tags a peer, or takes the tag away. */
export async function tagLink(peerStore: PeerStore, peer: PeerKey, isChosen: boolean): Promise<void> {
  await peerStore.merge(peerIdOf(peer), { tags: { [LINK_TAG]: isChosen ? { value: CHOSEN_VALUE } : undefined } })
}
