/** Our node program, whatever its libp2p: flags -> libp2p with gossip discovery -> lines of the contract. docs/CONTRACT.md */
import { setTimeout as delay } from 'node:timers/promises'
import type { DiscoveredPeer, GossipDiscovery } from '@gossip-discovery/libp2p'
import type { Ability, Command, NodeLine } from '../contract.ts'
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

/** What joins a node to its harness. */
export interface NodeHost {
  /** What the node is told; it ends when there is no more. */
  readonly commands: AsyncIterable<Command>
  /** Called when the node has started: resolves when it must end, whatever it is doing. */
  untilEnd(): Promise<void>
  readonly can: readonly Ability[]
  /** The process is the node's alone: what it costs is what the node costs. */
  readonly isOwnProcess: boolean
  write(line: NodeLine): void
  /** One line of prose for the operator. */
  log(text: string): void
}

/** Runs the node of this process until it is told to end, and ends the process. */
export function runProgram(createNode: CreateNode): void {
  const host = {
    commands: commandsOfStdin(),
    untilEnd: untilEndOfProcess,
    can: ABILITIES,
    isOwnProcess: true,
    write,
    log
  }
  runNode(createNode, optionsOf(process.argv.slice(2)), host).then(
    () => process.exit(),
    (error: Error) => {
      log(`node: ${error.message}`)
      process.exit(1)
    }
  )
}

/** Settles when the node has ended, and rejects if it could not start. */
export async function runNode(createNode: CreateNode, options: NodeOptions, host: NodeHost): Promise<void> {
  setClockOffset(options.clockOffsetMs)
  const state = await openState(options)
  const node = await createNode(options, state)
  const { discovery } = node.services
  reportBook(discovery, host)
  discovery.addEventListener('warning', ({ detail: { code, message } }) => host.log(`warning: ${code}: ${message}`))
  reportLinks(node, peerIds => host.write({ type: 'links', peerIds }))
  await node.start()
  await state?.keepEpoch(discovery.epoch)
  const stats = reportStats(discovery, () => node.getConnections().length, host)
  const ended = Promise.race([host.untilEnd(), obeyCommands(discovery, options.name, host)])
  host.write({
    type: 'ready',
    v: CONTRACT_VERSION,
    node: options.name,
    peerId: node.peerId.toString(),
    addrs: discovery.announcedAddrs,
    epoch: discovery.epoch,
    fields: [...BOOK_FIELDS],
    can: [...host.can]
  })
  await ended
  clearInterval(stats)
  await Promise.race([node.stop(), delay(STOP_WITHIN_MS)])
}

/** Until stdin closes: a node does not outlive its harness. */
async function* commandsOfStdin(): AsyncGenerator<Command> {
  for await (const line of linesOf(process.stdin)) {
    const command = commandOf(line)
    if (command !== undefined) yield command
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

async function untilEndOfProcess(): Promise<void> {
  const ended = Promise.withResolvers<void>()
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => ended.resolve())
  // Nobody reads any more: the harness is gone.
  process.stdout.on('error', () => ended.resolve())
  await ended.promise
}

function reportBook(discovery: GossipDiscovery, { write }: NodeHost): void {
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

function reportStats(
  discovery: GossipDiscovery,
  connections: () => number,
  { write, isOwnProcess }: NodeHost
): ReturnType<typeof setInterval> {
  let dueMs = performance.now() + STATS_INTERVAL_MS
  return setInterval(() => {
    const { received, published, rejected } = discovery.stats
    const loopLagMs = Math.max(0, Math.round(performance.now() - dueMs))
    dueMs = performance.now() + STATS_INTERVAL_MS
    write({
      type: 'stats',
      rx: received,
      tx: published,
      rejected,
      ...(isOwnProcess && costsOfProcess()),
      loopLagMs,
      connections: connections()
    })
  }, STATS_INTERVAL_MS)
}

function costsOfProcess(): { rssBytes: number; cpuMs: number } {
  const { user, system } = process.cpuUsage()
  return { rssBytes: process.memoryUsage.rss(), cpuMs: Math.round((user + system) / 1_000) }
}

/** Resolves when the node is told to stop, or nobody can tell it anything any more. */
async function obeyCommands(discovery: GossipDiscovery, name: string, host: NodeHost): Promise<void> {
  for await (const command of host.commands) {
    if (command.type === 'dump') host.write(await bookOf(discovery, name))
    else if (command.type === 'dial') dial(discovery, command.addrs, host)
    else if (command.type === 'leave') await discovery.leave()
    else if (command.type === 'clock') setClock(command.offsetMs, host)
    else if (command.type === 'stop') return
  }
}

function dial(discovery: GossipDiscovery, addrs: string[], { log }: NodeHost): void {
  try {
    discovery.addPeers(addrs)
  } catch (error) {
    log(`cannot dial: ${(error as Error).message}`)
  }
}

function setClock(offsetMs: number, { write }: NodeHost): void {
  setClockOffset(offsetMs)
  write({ type: 'clock', nowMs: Date.now() })
}

function commandOf(line: string): Command | undefined {
  try {
    return JSON.parse(line)
  } catch {
    log('ignored a command that is not JSON')
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

/** Prose goes to stderr. */
function log(text: string): void {
  process.stderr.write(`${text}\n`)
}

/** Lines of one turn of the event loop, a whole book for example, leave in one write. */
function write(line: NodeLine): void {
  process.stdout.cork()
  process.stdout.write(`${JSON.stringify(line)}\n`)
  process.nextTick(() => process.stdout.uncork())
}
