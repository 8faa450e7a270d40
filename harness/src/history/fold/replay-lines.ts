/** What a line of a node changes: its book, what it says of itself, and the rules that one line can break. */

import type { BookEntry, NodeLine } from '../../contract.ts'
import { printable } from '../../printable.ts'
import type { Departure, LineOf, Listing, Network, NodeRun, PeerId, Said, Version } from '../observed.ts'
import { beginAgreement, list, sameAddrs, unlist } from './agreement.ts'
import { breach, contradicts, keepDrop } from './breaches.ts'
import { fieldsOf, holdsVersions } from './fields.ts'
import { clockRangeOf, hostTime } from './node-clock.ts'
import { noteDrop } from './replay-plan.ts'
import { bookChanged, bookSettled, changeOfMind, listedAnew } from './steadiness.ts'

export function replayLine(network: Network, run: NodeRun, line: NodeLine): void {
  switch (line.type) {
    case 'ready':
      ready(network, run, line)
      break
    case 'announced':
      announced(network, run, line)
      break
    case 'joined':
    case 'updated':
      listed(network, run, line)
      break
    case 'left':
    case 'expired':
      departed(network, run, line.peerId, line.type)
      break
    case 'settled':
      bookSettled(network, run)
      break
    case 'book':
      dumped(network, run, line)
      break
    case 'links':
      run.links = { peerIds: new Set(line.peerIds), line: network.line }
      break
    case 'clock':
      run.clock = { aheadMs: line.nowMs - hostTime(network) - (run.machineAheadMs ?? 0), line: network.line }
      break
    case 'stats':
      run.stats = peakOf(run.stats, line)
      run.lines.stats = network.line
      if (line.loopLagMs !== undefined) run.loopLags.push({ atMs: network.nowMs, lagMs: line.loopLagMs })
  }
}

export function isOlder(a: Version, b: Version): boolean {
  return a.epoch < b.epoch || (a.epoch === b.epoch && a.seq < b.seq)
}

function ready(network: Network, run: NodeRun, line: LineOf<'ready'>): void {
  const { peerId, epoch, node, addrs } = line
  const before = run.ready
  const earlier = run.lines.ready
  if (before !== undefined && (before.peerId !== peerId || before.epoch !== epoch)) {
    const isOther = before.peerId !== peerId
    const text = isOther ? 'as another peer' : `with epoch ${epoch} instead of ${before.epoch}`
    contradicts(network, run, 'ready-again', `says ready again ${text}`, { earlier, ...(isOther && { peerId }) })
    return
  }
  if (node !== run.node)
    contradicts(network, run, 'ready-name', `says ready as '${printable(node, 64)}', a name that --name did not give`)
  if (addrs.length === 0) contradicts(network, run, 'ready-addrs', 'says ready without an address')
  else if (addrs.some(addr => addr.trim() === ''))
    contradicts(network, run, 'ready-addrs', 'says ready with an address that is empty')
  if (before === undefined) checkEpoch(network, run, line)
  checkOwner(network, run, line)
  if (before !== undefined) run.saidBefore.push(before)
  run.ready = line
  run.lines.ready ??= network.line
  run.readyAtMs ??= network.nowMs
  run.saidAtMs = network.nowMs
  const isGoing = run.exit !== undefined || run.stopRequestedAtMs !== undefined || run.leavingAtMs !== undefined
  if (!isGoing) beginAgreement(network, run, peerId)
}

function checkEpoch(network: Network, run: NodeRun, { epoch }: LineOf<'ready'>): void {
  const range = clockRangeOf(network, run)
  if (range === undefined || epoch === undefined || (epoch >= range.fromMs && epoch <= range.toMs)) return
  const hint = isWithin(epoch * 1_000, range) ? ', in seconds perhaps' : ''
  contradicts(network, run, 'epoch-is-start', `has epoch ${epoch}, which is not when it started${hint}`)
}

function isWithin(value: number, { fromMs, toMs }: { fromMs: number; toMs: number }): boolean {
  return value >= fromMs && value <= toMs
}

function checkOwner(network: Network, run: NodeRun, { peerId, epoch }: LineOf<'ready'>): void {
  const owner = network.owners.get(peerId)
  if (owner === undefined || owner === run) return
  const earlier = owner.lines.ready
  if (owner.node !== run.node) {
    contradicts(network, run, 'own-peer-id', `has the peer id of ${owner.node}`, { peerId, earlier })
  } else if (owner.run < run.run && epoch !== undefined && epoch <= (owner.ready?.epoch ?? -1)) {
    const [from, to] = [owner.ready?.epoch ?? 0, epoch].map(each => ({ epoch: each, seq: 0 })) as [Version, Version]
    breach(network, network.breaches.regressions, { run, peerId, from, to, ...(earlier !== undefined && { earlier }) })
  }
}

function announced(network: Network, run: NodeRun, line: LineOf<'announced'>): void {
  // A program that does not count those it reached has reached somebody, as far as anybody knows.
  const { seq = run.maxAnnouncedSeq, recipients = 1 } = line
  if (seq < run.maxAnnouncedSeq) {
    const text = `announces seq ${seq} after seq ${run.maxAnnouncedSeq}`
    contradicts(network, run, 'announced-grows', text, { earlier: run.lines.announced })
  }
  run.announcements += 1
  network.announces = true
  run.maxRecipients = Math.max(run.maxRecipients, recipients)
  run.maxAnnouncedSeq = Math.max(run.maxAnnouncedSeq, seq)
  run.firstAnnouncedAtMs ??= network.nowMs
  run.lastAnnouncedAtMs = network.nowMs
  run.lines.announced = network.line
}

function listed(network: Network, run: NodeRun, line: LineOf<'joined' | 'updated'>): void {
  const { peerId, type } = line
  const { name, addrs, epoch, seq } = wholeEntry(line)
  const known = run.book.get(peerId)
  if (type === 'joined' && known !== undefined) {
    contradicts(network, run, 'joined-once', 'says joined of a peer that its book lists already', {
      peerId,
      earlier: known.line
    })
  } else if (type === 'updated' && known === undefined) {
    const earlier = run.departed.get(peerId)?.line
    contradicts(network, run, 'updated-listed', 'says updated of a peer that its book does not list', {
      peerId,
      earlier
    })
  }
  if (peerId === run.ready?.peerId) contradicts(network, run, 'not-itself', 'lists itself', { peerId })
  if (holdsVersions(run)) checkVersion(network, run, { peerId, epoch, seq }, known)
  if (known !== undefined && known.epoch !== epoch) noteDrop(network, run, peerId, 'replaced')
  if (known === undefined) listedAnew(network, run, peerId, run.departed.get(peerId))
  bookChanged(network, run)
  run.departed.delete(peerId)
  run.firstContactAtMs ??= network.nowMs
  if (!run.firstListings.has(peerId)) run.firstListings.set(peerId, { atMs: network.nowMs, line: network.line })
  const isNew = known?.epoch !== epoch || known.name !== name || !sameAddrs(known.addrs, addrs)
  if (isNew) run.dump = undefined
  const sinceMs = known?.epoch === epoch ? known.sinceMs : network.nowMs
  list(network, run, peerId, { name, addrs, epoch, seq, sinceMs, line: network.line })
}

type Numbered = Version & { peerId: PeerId }

function checkVersion(network: Network, run: NodeRun, entry: Numbered, known: Listing | undefined): void {
  const gone = run.departed.get(entry.peerId)
  // Only news may bring a peer back: a replay of what expired is not news.
  if (known === undefined ? gone !== undefined && !isOlder(gone, entry) : isOlder(entry, known)) {
    wentBack(network, run, entry, (known ?? gone)!, gone?.how)
  }
  claim(network, run, entry)
}

/** The author may tell what it announced a moment after others have heard it: only the end shows whether it did. */
function claim(network: Network, run: NodeRun, { peerId, epoch, seq }: Numbered): void {
  const author = network.owners.get(peerId)
  if (author === undefined || author === run || author.ready?.epoch !== epoch) return
  if (seq <= author.maxAnnouncedSeq + MAX_UNSAID || run.claims.has(peerId)) return
  run.claims.set(peerId, { epoch, seq, atMs: network.nowMs, line: network.line })
}

/** Announcements that others may have heard before their author's lines were read. */
const MAX_UNSAID = 16

function departed(network: Network, run: NodeRun, peerId: PeerId, how: Departure['how']): void {
  const known = run.book.get(peerId)
  const { nowMs: atMs, line } = network
  if (known === undefined) {
    const earlier = run.departed.get(peerId)?.line
    contradicts(network, run, 'gone-listed', `says ${how} of a peer that its book does not list`, { peerId, earlier })
    return
  }
  const { epoch, seq } = known
  unlist(network, run, peerId)
  bookChanged(network, run)
  noteDrop(network, run, peerId, how)
  run.departed.set(peerId, { how, epoch, seq, atMs, line })
  run.dump = undefined
  const subject = network.owners.get(peerId)
  if (subject === undefined || subject === run || !network.live.has(subject) || !network.live.has(run)) return
  // The record of an earlier run may go: the node is listed anew.
  if (fieldsOf(run).has('epoch') && subject.ready?.epoch !== epoch) return
  if (how === 'expired') changeOfMind(network, run, subject, 'dropped')
  const drop = { run, subject, how, whole: network.whole }
  if (network.whole) breach(network, network.breaches.drops, drop)
  else keepDrop(network, drop)
}

/** The events must have told all that the dumped book holds; only seq may be ahead, since heartbeats are no events. */
function dumped(network: Network, run: NodeRun, { entries, hash }: LineOf<'book'>): void {
  const differs = (peerId: PeerId, what: string) =>
    breach(network, network.breaches.discrepancies, { run, peerId, what })
  run.lines.book = network.line
  const dump = new Map<PeerId, Said & { peerId: PeerId }>()
  for (const entry of entries) {
    const { peerId } = entry
    if (dump.has(peerId)) differs(peerId, 'its book lists it twice')
    else compare(network, run, entry, differs)
    if (peerId === run.ready?.peerId) contradicts(network, run, 'not-itself', 'lists itself', { peerId })
    dump.set(peerId, { peerId, ...wholeEntry(entry) })
  }
  for (const peerId of run.book.keys()) if (!dump.has(peerId)) differs(peerId, 'its events list it, its book does not')
  run.dump = dump
  run.hash = hash
}

/** What a book does not hold is the same in all books. */
function wholeEntry({ name = '', addrs = [], epoch = 0, seq = 0 }: Omit<BookEntry, 'peerId'>): Said {
  return { name, addrs, epoch, seq }
}

function compare(
  network: Network,
  run: NodeRun,
  entry: BookEntry,
  differs: (peer: PeerId, what: string) => void
): void {
  const { peerId } = entry
  const { name, addrs, epoch, seq } = wholeEntry(entry)
  const known = run.book.get(peerId)
  if (known === undefined) {
    if (peerId !== run.ready?.peerId) differs(peerId, 'its book lists it, its events do not')
    return
  }
  if (isOlder({ epoch, seq }, known)) wentBack(network, run, { peerId, epoch, seq }, known)
  else if (known.epoch !== epoch) differs(peerId, `its book has epoch ${epoch}, its events ${known.epoch}`)
  else {
    if (known.name !== name) differs(peerId, 'its book and its events give it different names')
    if (!sameAddrs(known.addrs, addrs)) differs(peerId, 'its book and its events give it different addresses')
    known.seq = seq
    claim(network, run, { peerId, epoch, seq })
  }
}

type Earlier = Version & { line?: number }

function wentBack(network: Network, run: NodeRun, to: Numbered, from: Earlier, gone?: Departure['how']): void {
  const { peerId, epoch, seq } = to
  breach(network, network.breaches.regressions, {
    run,
    peerId,
    from: { epoch: from.epoch, seq: from.seq },
    to: { epoch, seq },
    ...(gone !== undefined && { gone }),
    ...(from.line !== undefined && { earlier: from.line })
  })
}

function peakOf(before: LineOf<'stats'> | undefined, line: LineOf<'stats'>): LineOf<'stats'> {
  return {
    ...line,
    rssBytes: Math.max(line.rssBytes ?? 0, before?.rssBytes ?? 0),
    loopLagMs: Math.max(line.loopLagMs ?? 0, before?.loopLagMs ?? 0)
  }
}
