/** Our node program, whatever its libp2p: flags -> libp2p with gossip discovery -> lines of the contract. docs/CONTRACT.md */
import { setTimeout as delay } from 'node:timers/promises'
import type { DiscoveredPeer, GossipDiscovery } from '@gossip-discovery/libp2p'
import type { Command, NodeLine } from '../contract.ts'
import { ABILITIES, BOOK_FIELDS, CONTRACT_VERSION } from '../contract-words.ts'
import { bookHash, type HashedEntry } from './book-hash.ts'
import { setClockOffset } from './clock.ts'
import { type Connected, reportLinks } from './links.ts'
import { type NodeOptions, optionsOf } from './options.ts'
import { type NodeState, openState } from './state.ts'

const STATS_INTERVAL_MS = 1_000

/**
 * Farewells are said in a few ms. What takes longer are dials that nobody answers, and connections whose other end is gone without a
 * word, such as behind a router that has forgotten them: they never confirm that they are closed.
 */
const STOP_WITHIN_MS = 250

/** A libp2p node that has not started: whoever wants its first announcement listens before. */
export interface ProgramNode extends Connected {
  readonly peerId: { toString(): string }
  readonly services: { readonly discovery: GossipDiscovery }
  getConnections(): readonly unknown[]
  start(): unknown
  stop(): unknown
}

export type CreateNode = (options: NodeOptions, state: NodeState | undefined) => Promise<ProgramNode>

/** Runs until it is told to end, and ends the process. */
export function runProgram(createNode: CreateNode): void {
  main(createNode).catch((error: Error) => {
    process.stderr.write(`node: ${error.message}\n`)
    process.exit(1)
  })
}

async function main(createNode: CreateNode): Promise<void> {
  const options = optionsOf(process.argv.slice(2))
  setClockOffset(options.clockOffsetMs)
  const state = await openState(options)
  const node = await createNode(options, state)
  const { discovery } = node.services
  const ended = Promise.withResolvers<void>()
  reportBook(discovery)
  reportWarnings(discovery)
  reportLinks(node, peerIds => write({ type: 'links', peerIds }))
  await node.start()
  await state?.keepEpoch(discovery.epoch)
  const stats = reportStats(discovery, () => node.getConnections().length)
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => ended.resolve())
  // Nobody reads any more: the harness is gone.
  process.stdout.on('error', () => ended.resolve())
  void readCommands(discovery, options.name).finally(() => ended.resolve())
  write({
    type: 'ready',
    v: CONTRACT_VERSION,
    node: options.name,
    peerId: node.peerId.toString(),
    addrs: discovery.announcedAddrs,
    epoch: discovery.epoch,
    fields: [...BOOK_FIELDS],
    can: [...ABILITIES]
  })
  await ended.promise
  clearInterval(stats)
  await Promise.race([node.stop(), delay(STOP_WITHIN_MS)])
  process.exit()
}

function reportBook(discovery: GossipDiscovery): void {
  const book = discovery.addressBook
  for (const type of ['joined', 'updated'] as const) {
    book.addEventListener(type, event => write({ type, ...entryOf(event.detail) }))
  }
  for (const type of ['left', 'expired'] as const) {
    book.addEventListener(type, event => write({ type, peerId: event.detail.peerId.toString() }))
  }
  // The contract has one word for whoever goes without a farewell.
  book.addEventListener('evicted', event => write({ type: 'expired', peerId: event.detail.peerId.toString() }))
  book.addEventListener('settled', () => write({ type: 'settled' }))
  discovery.addEventListener('announced', event => write({ type: 'announced', ...event.detail }))
}

/** Prose for the operator, so it goes to stderr. */
function reportWarnings(discovery: GossipDiscovery): void {
  discovery.addEventListener('warning', ({ detail: { code, message } }) => {
    process.stderr.write(`warning: ${code}: ${message}\n`)
  })
}

function reportStats(discovery: GossipDiscovery, connections: () => number): ReturnType<typeof setInterval> {
  let dueMs = performance.now() + STATS_INTERVAL_MS
  return setInterval(() => {
    const { received, published, rejected } = discovery.stats
    const { user, system } = process.cpuUsage()
    const loopLagMs = Math.max(0, Math.round(performance.now() - dueMs))
    dueMs = performance.now() + STATS_INTERVAL_MS
    write({
      type: 'stats',
      rx: received,
      tx: published,
      rejected,
      rssBytes: process.memoryUsage.rss(),
      cpuMs: Math.round((user + system) / 1_000),
      loopLagMs,
      connections: connections()
    })
  }, STATS_INTERVAL_MS)
}

/** Resolves when told to stop, or when stdin closes: a node does not outlive its harness. */
async function readCommands(discovery: GossipDiscovery, name: string): Promise<void> {
  for await (const line of linesOf(process.stdin)) {
    const command = commandOf(line)
    if (command?.type === 'dump') write(await bookOf(discovery, name))
    else if (command?.type === 'dial') dial(discovery, command.addrs)
    else if (command?.type === 'leave') await discovery.leave()
    else if (command?.type === 'clock') setClock(command.offsetMs)
    else if (command?.type === 'stop') return
  }
}

/** Not by `node:readline`, which takes 2 ms to load. */
async function* linesOf(stream: NodeJS.ReadStream): AsyncGenerator<string> {
  stream.setEncoding('utf8')
  let unfinished = ''
  for await (const text of stream) {
    const lines = `${unfinished}${text}`.split('\n')
    unfinished = lines.pop() ?? ''
    yield* lines
  }
  if (unfinished !== '') yield unfinished
}

function dial(discovery: GossipDiscovery, addrs: string[]): void {
  try {
    discovery.addPeers(addrs)
  } catch (error) {
    process.stderr.write(`cannot dial: ${(error as Error).message}\n`)
  }
}

function setClock(offsetMs: number): void {
  setClockOffset(offsetMs)
  write({ type: 'clock', nowMs: Date.now() })
}

function commandOf(line: string): Command | undefined {
  try {
    return JSON.parse(line)
  } catch {
    process.stderr.write('ignored a command that is not JSON\n')
    return undefined
  }
}

async function bookOf(discovery: GossipDiscovery, name: string): Promise<NodeLine> {
  const entries = [...discovery.addressBook].map(entryOf)
  const self = {
    peerId: discovery.peerId.toString(),
    name,
    addrs: discovery.announcedAddrs,
    epoch: discovery.epoch,
    seq: 0
  }
  return { type: 'book', entries, hash: bookHash([...entries, self]) }
}

function entryOf(peer: DiscoveredPeer): HashedEntry {
  const { name, epoch, seq } = peer
  return { peerId: peer.peerId.toString(), name, addrs: peer.multiaddrs.map(addr => addr.toString()), epoch, seq }
}

/** Lines of one turn of the event loop, a whole book for example, leave in one write. */
function write(line: NodeLine): void {
  process.stdout.cork()
  process.stdout.write(`${JSON.stringify(line)}\n`)
  process.nextTick(() => process.stdout.uncork())
}
