/** What goes into the core, and what it asks of its host. */
import type { AddressBookEntry, ApplyResult } from './book/address-book.ts'
import type { SyncMessage } from './gossip/sync.ts'
import type { Announcement, Content, PeerKey, SignedAnnouncement } from './record/announcement.ts'

/** Something to dial. `id` is a peer key, or the address itself where the peer behind it is not known. */
export interface DialTarget {
  readonly id: string
  readonly addrs: readonly string[]
}

/** What a dial is for: to be connected, to see whether a lost partner still lives, or to heal a split network. */
export type DialPurpose = 'connect' | 'probe' | 'heal'

/** What a host tells the core, each at the moment it happens. */
export type Input =
  | { readonly type: 'tick' }
  /** What this node says of itself has changed; announced at once. */
  | { readonly type: 'content-changed'; readonly content: Partial<Content> }
  /** Announce at this pace, at once for a start, or no more; ends or begins `listenOnly`. */
  | { readonly type: 'pace-changed'; readonly announceIntervalMs: number | undefined }
  /** The answer to `announce`: the announcement, signed. */
  | { readonly type: 'signed'; readonly record: SignedAnnouncement }
  /** Somebody to dial: named by the application, or found by another discovery. */
  | { readonly type: 'peer-found'; readonly target: DialTarget; readonly named: boolean }
  /** The answer to `dial`: whether a sync stream is open, and if not, whether the host refused rather than kept silent. */
  | { readonly type: 'dialled'; readonly id: string; readonly reached: boolean; readonly refused?: boolean }
  /** A sync stream with the peer is open; `initiator` when this node opened it. */
  | { readonly type: 'partner-opened'; readonly peer: PeerKey; readonly initiator: boolean }
  | { readonly type: 'partner-closed'; readonly peer: PeerKey }
  /** A verified record that gossip delivered, and the peer that forwarded it. */
  | { readonly type: 'gossip'; readonly from: PeerKey; readonly record: SignedAnnouncement }
  /** A message of a partner, its records verified. */
  | { readonly type: 'message'; readonly from: PeerKey; readonly message: SyncMessage }
  /** Say farewell; nothing is announced afterwards. */
  | { readonly type: 'leave' }

/** What the core asks of its host, or tells it. */
export type Output =
  /** Sign this and hand it back as `signed`. */
  | { readonly type: 'announce'; readonly announcement: Announcement }
  | { readonly type: 'publish'; readonly record: SignedAnnouncement }
  | { readonly type: 'send'; readonly to: PeerKey; readonly message: SyncMessage }
  /** Connect within the time given, and open a sync stream. */
  | { readonly type: 'dial'; readonly target: DialTarget; readonly purpose: DialPurpose; readonly timeoutMs: number }
  /** Close the connection, unless the application uses it. */
  | { readonly type: 'hang-up'; readonly peer: PeerKey }
  | { readonly type: 'joined' | 'updated' | 'left' | 'expired'; readonly entry: AddressBookEntry }
  /** The peer is suspected to be gone; it has `timeoutMs` to announce again. */
  | { readonly type: 'suspected'; readonly peer: PeerKey; readonly timeoutMs: number }
  /** A suspected peer has announced again. */
  | { readonly type: 'refuted'; readonly peer: PeerKey }
  /** A record that did not enter the book. */
  | { readonly type: 'ignored'; readonly reason: IgnoreReason; readonly peer: PeerKey }

/** Why a genuine record did not enter the book. */
export type IgnoreReason = Extract<ApplyResult, 'stale' | 'outlived' | 'book-full'> | 'own'
