/** How messages and reports name nodes, peers and amounts. */
import type { NodeName } from '../contract.ts'
import type { Network, NodeRun, PeerId } from '../history/observed.ts'
import { printable } from '../printable.ts'

/** Pieces of a list of names that are worth reading. */
const MAX_PIECES = 12

/** The node whose peer it is, or the beginning of a peer id that no node has. */
export function peerName(network: Network, peerId: PeerId): string {
  return network.owners.get(peerId)?.node ?? `peer ${printable(peerId, 20)}`
}

/** What became of a node. */
export function statusText(network: Network, run: NodeRun | undefined): string {
  if (run === undefined) return 'never started'
  if (run.spawnFailure !== undefined) return 'not startable'
  if (run.exit !== undefined) return run.exit.expected ? 'ended' : 'died'
  if (network.live.has(run)) return 'live'
  return run.stopRequestedAtMs === undefined ? 'never ready' : 'ending'
}

/** `n1-n6, n9`: neighbours in number are drawn together, and what is too much is only counted. */
export function nameList(names: readonly NodeName[]): string {
  const pieces = rangesOf(names)
  const shown = pieces.slice(0, MAX_PIECES).map(({ first, last, size }) => {
    if (size === 1) return printable(first, 64)
    return `${printable(first, 64)}${size === 2 ? ', ' : '-'}${printable(last, 64)}`
  })
  const more = pieces.slice(MAX_PIECES).reduce((sum, { size }) => sum + size, 0)
  return more > 0 ? `${shown.join(', ')} and ${more} more` : shown.join(', ')
}

const byNumber = new Intl.Collator('en', { numeric: true })

/** `n2` before `n10`. */
export function inOrder(names: readonly NodeName[]): NodeName[] {
  return names.toSorted(byNumber.compare)
}

export function count(amount: number, noun: string, plural = `${noun}s`): string {
  return `${amountText(amount)} ${amount === 1 ? noun : plural}`
}

const figures = new Intl.NumberFormat('en')

/** `12,345` */
export function amountText(amount: number): string {
  return figures.format(amount)
}

/** What is wrong with a node that drops another one and lists it again more often than it may. */
export function changesOfMindText({
  observer,
  subject,
  changes,
  allowed
}: {
  observer: NodeName
  subject: NodeName
  changes: number
  allowed: number
}): string {
  const times = count(changes, 'time')
  return `${observer} changed its mind about ${subject}, which ran all the while, ${times}, not at most ${amountText(allowed)}`
}

export function seconds(ms: number): string {
  return `${(ms / 1_000).toFixed(2)} s`
}

/** Milliseconds below a second, seconds above. */
export function duration(ms: number): string {
  return ms < 999.5 ? `${Math.round(ms)} ms` : seconds(ms)
}

export function mebibytes(bytes: number): string {
  return `${Math.round(bytes / 2 ** 20)} MiB`
}

interface Range {
  first: NodeName
  last: NodeName
  size: number
}

function rangesOf(names: readonly NodeName[]): Range[] {
  const ranges: Range[] = []
  for (const name of names) {
    const range = ranges.at(-1)
    if (range === undefined || !follows(range.last, name)) ranges.push({ first: name, last: name, size: 1 })
    else {
      range.last = name
      range.size += 1
    }
  }
  return ranges
}

function follows(name: NodeName, next: NodeName): boolean {
  const [, prefix, digits] = /^(.*?)(\d{1,9})$/s.exec(name) ?? []
  return digits !== undefined && next === `${prefix}${Number(digits) + 1}`
}
