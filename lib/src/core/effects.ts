/** What goes into the core, and what it asks of its host. */
import type { AddressBookEntry, ApplyResult } from './book/entry.ts'
import type { SyncMessage } from './gossip/sync.ts'
import type { Announcement, Content, PeerKey, SignedAnnouncement } from './record/announcement.ts'

/**
 * Something to dial. `id` is a peer key, or the address itself where the peer behind it is not known. A peer without addresses is to be
 * found by the host.
 */
export interface DialTarget {
  readonly id: string
  readonly addrs: readonly string[]
}

/**
 * Who says that a peer is worth a dial: the application names it, another discovery such as mdns found it, it is in the
 * snapshot that this node wrote in an earlier run, or a stranger's word is a hint, which is tried once and at once.
 */
export type PeerSource = 'named' | 'found' | 'snapshot' | 'hint'

/** What a dial is for: to be connected, to see whether a lost partner still lives, or to heal a split network. */
export type DialPurpose = 'connect' | 'probe' | 'heal'

/**
 * A sync stream is open; or the remote host answered that nobody listens there; or anything else, silence among it; or the host
 * did not dial, since no address may be dialled at this moment, which says nothing about the peer.
 */
export type DialOutcome = 'reached' | 'refused' | 'failed' | 'withheld'

/** What an operator has to know, since the node cannot mend it by itself. */
export type WarningCode =
  /** Another node announces itself under this node's key. */
  | 'key-in-use'
  /** No announcement can be numbered, or the clock is not to be believed: others do not learn of this node. */
  | 'cannot-announce'
  /** Work for others is dropped: they ask for more than this node is willing to pay. */
  | 'overloaded'
  /** Candidates were drawn, and for a while none of them could be reached: strangers may stand in between. */
  | 'eclipsed'
  /** What `eclipsed` warned of is over: good news, told once. */
  | 'eclipse-over'

/** Told at most once a minute for each code. */
export interface Warning {
  readonly code: WarningCode
  /** In a sentence: what was seen, and what to do. */
  readonly message: string
}

/** Who dialled a circuit that has come to its end. */
export type SpentBy = 'self' | 'peer'

/** What a host tells the core, each at the moment it happens. */
export type Input =
  | { readonly type: 'tick' }
  /** What this node says of itself has changed; announced at once. */
  | { readonly type: 'content-changed'; readonly content: Partial<Content> }
  /** Announce at this pace, at once for a start, or no more; ends or begins `listenOnly`. */
  | { readonly type: 'pace-changed'; readonly announceIntervalMs: number | undefined }
  /** The answer to `announce`: the announcement, signed. One of an earlier run, or no newer than `own`, comes too late and is not given. */
  | { readonly type: 'signed'; readonly record: SignedAnnouncement }
  | { readonly type: 'peer-found'; readonly target: DialTarget; readonly source: PeerSource }
  /** The answer to `dial`; `peer` is who was reached, where `id` is an address. */
  | { readonly type: 'dialled'; readonly id: string; readonly outcome: DialOutcome; readonly peer?: PeerKey }
  /**
   * A sync stream with the peer is open; `initiator` when this node opened it. `addr` is where the connection leads. `isLimited` when only
   * circuits lead there, of which a relay carries so many bytes, for so long.
   */
  | {
      readonly type: 'partner-opened'
      readonly peer: PeerKey
      readonly initiator: boolean
      readonly addr: string
      readonly isLimited?: boolean
    }
  /** The limit of the circuit that this node dialled to the peer is nearly used up. */
  | { readonly type: 'link-spent'; readonly peer: PeerKey }
  /**
   * Its last sync stream ended; `isCut` when this node cut it, because the peer broke the protocol; `spentBy` when its connection was a
   * circuit that had come to the end of its limit, and who had dialled it.
   */
  | { readonly type: 'partner-closed'; readonly peer: PeerKey; readonly isCut?: boolean; readonly spentBy?: SpentBy }
  /** A verified record that gossip delivered, and the peer that forwarded it. */
  | { readonly type: 'gossip'; readonly from: PeerKey; readonly record: SignedAnnouncement }
  /** A message of a partner, its records verified. */
  | { readonly type: 'message'; readonly from: PeerKey; readonly message: SyncMessage }
  /**
   * Say farewell; nothing is announced afterwards. `farewell` was signed ahead, right after the last announcement that was handed over
   * as `signed`: it is sent at once, without an `announce`.
   */
  | { readonly type: 'leave'; readonly farewell?: SignedAnnouncement }

/** The input of one type. */
export type InputOf<Type extends Input['type']> = Extract<Input, { type: Type }>

/** What the core asks of its host, or tells it. */
export type Output =
  /** Sign this and hand it back as `signed`. */
  | { readonly type: 'announce'; readonly announcement: Announcement }
  | { readonly type: 'publish'; readonly record: SignedAnnouncement }
  | { readonly type: 'send'; readonly to: PeerKey; readonly message: SyncMessage }
  /**
   * Connect within the time given, and open a sync stream. Names in addresses that are not `trusted` are to be checked once they
   * are resolved. Those in `hearsay` are a stranger's word: nothing of the peer has answered there. More addresses of a peer that is being
   * dialled come in another output, and take part in that dial, which is answered once.
   */
  | {
      readonly type: 'dial'
      readonly target: DialTarget
      readonly trusted: readonly string[]
      readonly hearsay: readonly string[]
      readonly purpose: DialPurpose
      readonly timeoutMs: number
    }
  /** End the streams with the peer, and the connection if it was dialled for them and nobody else uses it. */
  | { readonly type: 'hang-up'; readonly peer: PeerKey }
  /** Dial the peer once more as the circuit to it was dialled, within the time given, and let the former end once the new one is open. */
  | { readonly type: 'renew'; readonly peer: PeerKey; readonly timeoutMs: number }
  /** From now on the peer is, or is not, a partner of this node's own choice: a host that must end connections ends these last. */
  | { readonly type: 'link'; readonly peer: PeerKey; readonly isChosen: boolean }
  | { readonly type: 'joined' | 'updated' | 'left' | 'expired' | 'evicted'; readonly entry: AddressBookEntry }
  /** Nothing in the book has changed for a while; told once until something does. */
  | { readonly type: 'settled' }
  | { readonly type: 'warned'; readonly warning: Warning }
  /** The peer is suspected to be gone; it has `timeoutMs` to announce again. */
  | { readonly type: 'suspected'; readonly peer: PeerKey; readonly timeoutMs: number }
  /** A suspected peer has announced again. */
  | { readonly type: 'refuted'; readonly peer: PeerKey }
  /** A record that did not enter the book, or a question that is not answered. */
  | { readonly type: 'ignored'; readonly reason: IgnoreReason; readonly peer: PeerKey }

/**
 * Why a genuine record did not enter the book; `rate-limited` in favour of a newer one of its subject. `over-budget` says that a
 * question of the peer was left without an answer.
 */
export type IgnoreReason =
  | Extract<ApplyResult, 'stale' | 'outlived' | 'book-full'>
  | 'own'
  | 'rate-limited'
  | 'over-budget'
