/** What an event changes in the network that it is observed of. */

import type { BookEntry, NodeLine } from '../contract.ts'
import { beginAgreement, endAgreement, list, sameAddrs, unlist } from './agreement.ts'
import type { HistoryEvent, NodeName } from './history.ts'
import type { Departure, LineOf, Network, NodeRun, PeerId, Version } from './network.ts'

export function replay(network: Network, event: HistoryEvent): void {
  switch (event.type) {
    case 'run-started':
      network.started = event
      for (const node of event.nodes) runsOf(network, node)
      break
    case 'fault-injected':
      network.faults.set(event.fault, event.nodes)
      network.whole = false
      break
    case 'fault-healed':
      network.faults.delete(event.fault)
      break
    case 'harness-lagged':
      network.lags.push({ atMs: event.atMs, lagMs: event.lagMs })
      break
    case 'run-ended':
      network.ended = { atMs: event.atMs, reason: event.reason }
      break
    default:
      replayRun(network, runOf(network, event.node, event.run), event)
  }
}

export function isOlder(a: Version, b: Version): boolean {
  return a.epoch < b.epoch || (a.epoch === b.epoch && a.seq < b.seq)
}

type RunEvent = HistoryEvent & { node: NodeName; run: number }

function replayRun(network: Network, run: NodeRun, event: RunEvent): void {
  switch (event.type) {
    case 'spawned':
      run.spawnedAtMs = event.atMs
      break
    case 'spawn-failed':
      run.spawnFailure = event.reason
      break
    case 'line':
      replayLine(network, run, event.line)
      break
    case 'finding':
      breach(network, run, network.breaches.findings, { run, finding: event.finding })
      break
    case 'dump-requested':
      run.dumpRequested = true
      run.dump = undefined
      break
    case 'stop-requested':
      run.stopRequestedAtMs ??= event.atMs
      endAgreement(network, run)
      break
    case 'exited':
      exited(network, run, event)
  }
}

function exited(network: Network, run: NodeRun, event: Extract<RunEvent, { type: 'exited' }>): void {
  const isHit = [...network.faults.values()].some(nodes => nodes.includes(run.node))
  const { atMs, code, signal, stderrTail } = event
  run.exit = { atMs, code, signal, stderrTail, expected: run.stopRequestedAtMs !== undefined || isHit }
  endAgreement(network, run)
  if (run.exit.expected) return
  network.breachCount += 1
  network.breaches.deaths.push(run)
}

function replayLine(network: Network, run: NodeRun, line: NodeLine): void {
  switch (line.type) {
    case 'ready':
      ready(network, run, line)
      break
    case 'announced':
      run.announcements += 1
      network.announces = true
      run.maxRecipients = Math.max(run.maxRecipients, line.recipients)
      break
    case 'joined':
    case 'updated':
      listed(network, run, line)
      break
    case 'left':
    case 'expired':
      departed(network, run, line.peerId, line.type)
      break
    case 'book':
      dumped(network, run, line.entries)
      break
    case 'stats':
      run.stats = peakOf(run.stats, line)
  }
}

function ready(network: Network, run: NodeRun, line: LineOf<'ready'>): void {
  const { peerId, epoch } = line
  const { regressions } = network.breaches
  const before = run.ready
  if (before !== undefined && (before.peerId !== peerId || before.epoch !== epoch)) {
    contradicts(network, run, peerId, 'says ready again as another peer or with another epoch')
    return
  }
  const owner = network.owners.get(peerId)
  if (owner !== undefined && owner.node !== run.node) {
    contradicts(network, run, peerId, `has the peer id of ${owner.node}`)
  } else if (owner?.ready !== undefined && owner.run < run.run && epoch <= owner.ready.epoch) {
    const from = { epoch: owner.ready.epoch, seq: 0 }
    breach(network, run, regressions, { run, peerId, from, to: { epoch, seq: 0 }, atMs: network.nowMs })
  }
  run.ready = line
  run.readyAtMs ??= network.nowMs
  if (run.exit === undefined && run.stopRequestedAtMs === undefined) beginAgreement(network, run, peerId)
}

function listed(network: Network, run: NodeRun, entry: BookEntry): void {
  const { peerId, name, addrs, epoch, seq } = entry
  const { nowMs } = network
  const known = run.book.get(peerId)
  const gone = run.departed.get(peerId)
  if (peerId === run.ready?.peerId) contradicts(network, run, peerId, 'lists itself')
  // Only news may bring a peer back: a replay of what expired is not news.
  if (known === undefined ? gone !== undefined && !isOlder(gone, entry) : isOlder(entry, known)) {
    wentBack(network, run, entry, (known ?? gone)!, gone?.how)
  }
  run.departed.delete(peerId)
  run.firstContactAtMs ??= nowMs
  const changed = known?.epoch !== epoch || known.name !== name || !sameAddrs(known.addrs, addrs)
  if (changed) run.dump = undefined
  const sinceMs = known?.epoch === epoch ? known.sinceMs : nowMs
  list(network, run, peerId, { name, addrs, epoch, seq, sinceMs })
}

function departed(network: Network, run: NodeRun, peerId: PeerId, how: Departure['how']): void {
  const known = run.book.get(peerId)
  if (known === undefined) return
  const { epoch, seq } = known
  const atMs = network.nowMs
  unlist(network, run, peerId)
  run.departed.set(peerId, { how, epoch, seq, atMs })
  run.dump = undefined
  const subject = network.owners.get(peerId)
  if (!network.whole || subject === undefined || subject === run || !network.live.has(subject)) return
  // The record of an earlier run may go: the node is listed anew.
  if (network.live.has(run) && subject.ready?.epoch === epoch) {
    breach(network, run, network.breaches.drops, { run, subject, how, atMs })
  }
}

/** The events must have told all that the dumped book holds; only seq may be ahead, since heartbeats are no events. */
function dumped(network: Network, run: NodeRun, entries: readonly BookEntry[]): void {
  const differs = (peerId: PeerId, what: string) =>
    breach(network, run, network.breaches.discrepancies, { run, peerId, what, atMs: network.nowMs })
  const dump = new Map<PeerId, BookEntry>()
  for (const entry of entries) {
    const { peerId } = entry
    const known = run.book.get(peerId)
    if (dump.has(peerId)) differs(peerId, 'its book lists it twice')
    else if (known === undefined) differs(peerId, 'its book lists it, its events do not')
    else if (isOlder(entry, known)) wentBack(network, run, entry, known)
    else if (known.epoch !== entry.epoch)
      differs(peerId, `its book has epoch ${entry.epoch}, its events ${known.epoch}`)
    else {
      if (known.name !== entry.name) differs(peerId, 'its book and its events give it different names')
      if (!sameAddrs(known.addrs, entry.addrs)) differs(peerId, 'its book and its events give it different addresses')
      known.seq = entry.seq
    }
    dump.set(peerId, entry)
  }
  for (const peerId of run.book.keys()) if (!dump.has(peerId)) differs(peerId, 'its events list it, its book does not')
  run.dump = dump
}

function wentBack(network: Network, run: NodeRun, to: BookEntry, from: Version, gone?: Departure['how']): void {
  const { peerId, epoch, seq } = to
  breach(network, run, network.breaches.regressions, {
    run,
    peerId,
    from: { epoch: from.epoch, seq: from.seq },
    to: { epoch, seq },
    ...(gone !== undefined && { gone }),
    atMs: network.nowMs
  })
}

function contradicts(network: Network, run: NodeRun, peerId: PeerId, text: string): void {
  breach(network, run, network.breaches.contradictions, { run, text, peerId })
}

function peakOf(before: LineOf<'stats'> | undefined, line: LineOf<'stats'>): LineOf<'stats'> {
  return {
    ...line,
    rssBytes: Math.max(line.rssBytes, before?.rssBytes ?? 0),
    loopLagMs: Math.max(line.loopLagMs, before?.loopLagMs ?? 0)
  }
}

/** Breaches kept of each process, its death apart; all are counted. */
const MAX_BREACHES = 100

/** BOUNDED by MAX_BREACHES a process: a node that breaks a rule with every line must not fill the report. */
function breach<Kind>(network: Network, run: NodeRun, kept: Kind[], what: Kind): void {
  network.breachCount += 1
  run.breaches += 1
  if (run.breaches <= MAX_BREACHES) kept.push(what)
}

function runsOf(network: Network, node: NodeName): NodeRun[] {
  const known = network.nodes.get(node)
  if (known !== undefined) return known
  const runs: NodeRun[] = []
  network.nodes.set(node, runs)
  return runs
}

function runOf(network: Network, node: NodeName, run: number): NodeRun {
  const runs = runsOf(network, node)
  const known = runs.find(each => each.run === run)
  if (known !== undefined) return known
  const added: NodeRun = {
    node,
    run,
    book: new Map(),
    departed: new Map(),
    agreeing: 0,
    dumpRequested: false,
    announcements: 0,
    maxRecipients: 0,
    breaches: 0
  }
  runs.push(added)
  return added
}
