import type { Links } from '../../faults/fault.ts'

/** The links between any two machines. All times are one way. */
export interface LinkModel {
  /** Mean over all links. */
  readonly latencyMs: number
  /** Links differ from the mean by at most this, each for good. */
  readonly spreadMs: number
  /** Messages of one link differ by at most this, each for itself. */
  readonly jitterMs: number
  /** Share of packets that are lost. TCP sends them again, so a loss is a delay. */
  readonly lossRatio: number
  /** Share of dials that fail for no reason. */
  readonly dialFailureRatio: number
  /** What few links do; undefined for all that do nothing of it. */
  readonly shaping?: Shaping
}

export interface Shaping {
  /** Share of messages that are sent twice. TCP throws the second away, so it costs bandwidth and nothing else. */
  readonly duplicateRatio: number
  /** Share of messages that overtake those before them: they take no time on their way. TCP keeps the order. */
  readonly reorderRatio: number
  /** Of all that a machine sends, the headers included; infinity if nothing bounds it. */
  readonly bytesPerSecond: number
}

/** What a link does of which a plan says nothing: that of a good network of many places. */
export const HOST_LINKS: LinkModel = { latencyMs: 50, spreadMs: 20, jitterMs: 5, lossRatio: 0, dialFailureRatio: 0 }

/** A link as it is with what a plan or a fault says of it. A latency that is given is that of every link: no spread, and only the jitter given. */
export function withLinks(link: LinkModel, links: Links): LinkModel {
  const { latencyMs, jitterMs, lossRatio = link.lossRatio } = links
  const still = latencyMs === undefined ? link : { ...link, latencyMs, spreadMs: 0, jitterMs: 0 }
  const shaping: Shaping = {
    duplicateRatio: links.duplicateRatio ?? link.shaping?.duplicateRatio ?? 0,
    reorderRatio: links.reorderRatio ?? link.shaping?.reorderRatio ?? 0,
    bytesPerSecond: links.bytesPerSecond ?? link.shaping?.bytesPerSecond ?? Number.POSITIVE_INFINITY
  }
  const isShaped =
    shaping.duplicateRatio > 0 || shaping.reorderRatio > 0 || shaping.bytesPerSecond !== Number.POSITIVE_INFINITY
  return { ...still, jitterMs: jitterMs ?? still.jitterMs, lossRatio, ...(isShaped && { shaping }) }
}

/** Links of some machines that are worse for a while, and what came of it. */
export interface WorseLinks {
  readonly machines: ReadonlySet<number>
  readonly links: Links
  /** Messages that its machines have sent. */
  sent: number
  /** Packets that were lost, messages that were sent twice, that overtook others, and that waited for bandwidth. */
  lost: number
  duplicated: number
  overtaking: number
  held: number
}

export function worseLinks(machines: readonly number[], links: Links): WorseLinks {
  return { machines: new Set(machines), links, sent: 0, lost: 0, duplicated: 0, overtaking: 0, held: 0 }
}
