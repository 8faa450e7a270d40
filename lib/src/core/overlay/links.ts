/** One link for each connected peer that takes part in the network: who wanted it, and whether it is on its way out. */
import type { Group } from '../bounds/group.ts'
import type { PeerKey } from '../record/announcement.ts'

/** How a link came about; a peer may have dialled us while we dialled it. */
export interface LinkOrigin {
  /** This node opened the stream, so it is this node's to close. */
  readonly initiator: boolean
  /** Where the connection leads, a multiaddr as text. */
  readonly addr: string
  /** The connection ends by a limit that a relay sets. */
  readonly isLimited?: boolean
}

/** A connection with an open sync stream. */
export interface Link {
  readonly peer: PeerKey
  readonly group: Group
  readonly openedAtMs: number
  /** This node dialled: it closes the connection once the link is not wanted any more. */
  isDialled: boolean
  /** The peer dialled: it is asked to close. */
  isInbound: boolean
  /** This node's own random draw, or its application, named the peer. */
  isChosen: boolean
  /** No connection leads there but such as end by a limit. */
  isLimited: boolean
  /** The peer said `release`: it asks to be let go, or says that it goes. */
  hasSaidRelease: boolean
  /** This node said it. */
  isReleased: boolean
  /** When this node asked the peer to let go, or began to close the link. */
  partedAtMs: number
  hungUpAtMs: number
}

/** What a node lacks; a number below 1 is nothing. */
export interface Missing {
  /** Links of its own choice. */
  readonly chosen: number
  /** Links of any kind. */
  readonly any: number
  /** Links that no relay ends, until circuits can be spared. */
  readonly direct: number
  /** Whether such a link is missing, and a relay carries another one. */
  readonly isDirectMissing: boolean
  /**
   * Where a node chooses one link only, it also wants a link to a peer that comes before it in the order of the keys, whoever
   * chose that link. All nodes but the first have one, so they hang together as a tree, whatever else is chosen and renewed.
   */
  readonly isEarlierMissing: boolean
}

/** Never, as a time in the future and as one in the past. */
export const NEVER_MS = Number.POSITIVE_INFINITY
export const LONG_AGO_MS = Number.NEGATIVE_INFINITY

/** The earliest of these times that is still to come. */
export function earliestAfter(nowMs: number, times: readonly number[]): number {
  let earliestMs = NEVER_MS
  for (const atMs of times) if (atMs > nowMs && atMs < earliestMs) earliestMs = atMs
  return earliestMs
}

/** A link of which nothing is known but that it is there. */
export function newLink(peer: PeerKey, group: Group, openedAtMs: number): Link {
  return {
    peer,
    group,
    openedAtMs,
    isDialled: false,
    isInbound: false,
    isChosen: false,
    isLimited: false,
    hasSaidRelease: false,
    isReleased: false,
    partedAtMs: NEVER_MS,
    hungUpAtMs: LONG_AGO_MS
  }
}

/** A stream with the peer is open. If it was cut off for its silence, it has come back before its former streams had ended. */
export function addStream(link: Link, { initiator, isLimited = false }: LinkOrigin): void {
  if (isCut(link)) keepOn(link)
  link.isLimited = isLimited
  link[initiator ? 'isDialled' : 'isInbound'] = true
}

/** Whether the link is meant to stay: neither side has asked for its end. */
export function isKept(link: Link): boolean {
  return !link.hasSaidRelease && link.partedAtMs === NEVER_MS && link.hungUpAtMs === LONG_AGO_MS
}

/** Whether one side has told the other that the link ends. */
export function isEndTold(link: Link): boolean {
  return link.hasSaidRelease || link.isReleased
}

/** Whether this node does not take the link that the peer dialled, and has not said so: the peer would count on it. */
export function isRefused(link: Link): boolean {
  return link.isInbound && !link.isDialled && link.partedAtMs !== NEVER_MS && !isEndTold(link)
}

/** Whether this node has hung up because the peer was silent. */
function isCut(link: Link): boolean {
  return link.hungUpAtMs > LONG_AGO_MS && link.partedAtMs === NEVER_MS
}

/** The link is meant to stay, whatever was said of its end. */
export function keepOn(link: Link): void {
  link.hasSaidRelease = false
  link.isReleased = false
  link.partedAtMs = NEVER_MS
  link.hungUpAtMs = LONG_AGO_MS
}

/** Who ended a link: one side after it had said so; this node, since the peer was silent; a relay, by its limit; or nobody knows. */
export type LinkEnding = 'agreed' | 'cut' | 'spent' | 'broken'

/** @param isSpent - its connection had come to the end of a limit */
export function endingOf(link: Link, isSpent: boolean): LinkEnding {
  if (isCut(link)) return 'cut'
  if (link.hungUpAtMs > LONG_AGO_MS || (link.isInbound && link.hasSaidRelease)) return 'agreed'
  return isSpent ? 'spent' : 'broken'
}
