/** Records, wishes and suspicions on their way to partners, in as few messages as the bound on a message allows. */

import type { Output } from '../effects.ts'
import type { AgedRecord } from '../record/aged-record.ts'
import type { PeerKey, SignedAnnouncement } from '../record/announcement.ts'
import { pushMessages } from './push.ts'
import { recordsMessages, type Suspicion, suspicionMessages, wantMessages } from './sync.ts'

export function sendRecords(to: PeerKey, records: readonly AgedRecord[]): Output[] {
  return recordsMessages(records).map(message => ({ type: 'send', to, message }))
}

/** A record that was made at this moment, which each of the peers hands on at once. */
export function sendPush(peers: Iterable<PeerKey>, record: SignedAnnouncement): Output[] {
  const messages = pushMessages([{ record, ageMs: 0 }])
  return [...peers].flatMap(to => messages.map(message => ({ type: 'send' as const, to, message })))
}

export function sendWishes(to: PeerKey, peers: readonly PeerKey[]): Output[] {
  return wantMessages([...new Set(peers)]).map(message => ({ type: 'send', to, message }))
}

export function sendSuspicions(to: PeerKey, suspicions: readonly Suspicion[]): Output[] {
  return suspicionMessages(suspicions).map(message => ({ type: 'send', to, message }))
}
