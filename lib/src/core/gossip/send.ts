/** Records, fresh ones, wishes and suspicions on their way to one partner, in as few messages as the bound on a message allows. */

import type { Output } from '../effects.ts'
import type { AgedRecord } from '../record/aged-record.ts'
import type { PeerKey } from '../record/announcement.ts'
import { pushMessages } from './push.ts'
import { recordsMessages, type Suspicion, suspicionMessages, wantMessages } from './sync.ts'

export function sendRecords(to: PeerKey, records: readonly AgedRecord[]): Output[] {
  return recordsMessages(records).map(message => ({ type: 'send', to, message }))
}

/** Fresh records, which the partner hands on at once. */
export function sendPush(to: PeerKey, records: readonly AgedRecord[]): Output[] {
  return pushMessages(records).map(message => ({ type: 'send', to, message }))
}

export function sendWishes(to: PeerKey, peers: readonly PeerKey[]): Output[] {
  return wantMessages(peers).map(message => ({ type: 'send', to, message }))
}

export function sendSuspicions(to: PeerKey, suspicions: readonly Suspicion[]): Output[] {
  return suspicionMessages(suspicions).map(message => ({ type: 'send', to, message }))
}

/** Asks the peer to end the link, or says that it ends. */
export function sendRelease(to: PeerKey): Output {
  return { type: 'send', to, message: { type: 'release' } }
}
