/** How steady the books are: whether a process that runs is dropped and listed again, and when books are at rest. */
import type { ChangeOfMind, Departure, Network, NodeRun, PeerId } from '../observed.ts'

/** Changes of mind that are kept of each process. */
const MAX_CHANGES = 1_000

/** BOUNDED by MAX_CHANGES a process. The subject is a process that ran all the while. */
export function changeOfMind(
  { changesOfMind, nowMs, line }: Network,
  run: NodeRun,
  subject: NodeRun,
  change: ChangeOfMind['change']
): void {
  run.changesOfMind += 1
  if (run.changesOfMind <= MAX_CHANGES) changesOfMind.push({ run, subject, change, atMs: nowMs, line })
}

/** A peer is listed that was not: a change of mind, if this process of it was dropped before. */
export function listedAnew(network: Network, run: NodeRun, peerId: PeerId, gone: Departure | undefined): void {
  const subject = network.owners.get(peerId)
  if (gone?.how !== 'expired' || subject === undefined) return
  const areLive = network.live.has(subject) && network.live.has(run)
  if (areLive && gone.atMs >= subject.readyAtMs!) changeOfMind(network, run, subject, 'listed')
}

/** An event told of a change of the book. */
export function bookChanged(network: Network, run: NodeRun): void {
  run.changedAtMs = network.nowMs
  run.isSettled = false
}

/** The node says that its book is at rest. The start is over when all books are full and at rest. */
export function bookSettled(network: Network, run: NodeRun): void {
  const { settling, nowMs } = network
  run.isSettled = true
  if (settling.settledMs !== undefined) return
  settling.sizes.add(run.book.size)
  if (run.changedAtMs !== undefined) settling.longestMs = Math.max(settling.longestMs, nowMs - run.changedAtMs)
  const isOver = network.fullSinceMs !== undefined && [...network.live].every(each => each.isSettled)
  if (isOver) settling.settledMs = nowMs
}
