/** Our node program: flags -> libp2p with gossip discovery -> lines of the contract. docs/CONTRACT.md */
import { parseArgs } from 'node:util'
import type { DiscoveredPeer, GossipDiscovery } from '@gossip-discovery/libp2p'
import type { BookEntry, Command, NodeLine } from '../contract.ts'
import { bookHash } from './book-hash.ts'
import { createNode, type NodeOptions } from './libp2p-node.ts'

const STATS_INTERVAL_MS = 1_000

main().catch((error: Error) => {
  process.stderr.write(`node: ${error.message}\n`)
  process.exit(1)
})

async function main(): Promise<void> {
  const options = optionsOf(process.argv.slice(2))
  const libp2p = await createNode(options)
  const { discovery } = libp2p.services
  const ended = Promise.withResolvers<void>()
  reportBook(discovery)
  reportWarnings(discovery)
  await libp2p.start()
  const stats = reportStats(discovery, () => libp2p.getConnections().length)
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => ended.resolve())
  // Nobody reads any more: the harness is gone.
  process.stdout.on('error', () => ended.resolve())
  void readCommands(discovery, options.name).finally(() => ended.resolve())
  write({
    type: 'ready',
    v: 1,
    node: options.name,
    peerId: libp2p.peerId.toString(),
    addrs: discovery.announcedAddrs,
    epoch: discovery.epoch
  })
  await ended.promise
  clearInterval(stats)
  await libp2p.stop()
  process.exit()
}

function optionsOf(args: string[]): NodeOptions {
  const { values } = parseArgs({
    args,
    options: {
      name: { type: 'string', default: 'node' },
      listen: { type: 'string', multiple: true, default: ['/ip4/127.0.0.1/tcp/0'] },
      bootstrap: { type: 'string', multiple: true, default: [] },
      'announce-interval-ms': { type: 'string' },
      'ttl-ms': { type: 'string' },
      mdns: { type: 'boolean', default: false },
      topic: { type: 'string' },
      key: { type: 'string' }
    }
  })
  return {
    name: values.name,
    listen: values.listen,
    bootstrap: values.bootstrap,
    announceIntervalMs: numberOf(values['announce-interval-ms']),
    entryTtlMs: numberOf(values['ttl-ms']),
    mdns: values.mdns,
    topic: values.topic,
    keyFile: values.key
  }
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
  const { createInterface } = await import('node:readline')
  for await (const line of createInterface({ input: process.stdin })) {
    const command = commandOf(line)
    if (command?.type === 'dump') write(await bookOf(discovery, name))
    else if (command?.type === 'dial') dial(discovery, command.addrs)
    else if (command?.type === 'leave') await discovery.leave()
    else if (command?.type === 'stop') return
  }
}

function dial(discovery: GossipDiscovery, addrs: string[]): void {
  try {
    discovery.addPeers(addrs)
  } catch (error) {
    process.stderr.write(`cannot dial: ${(error as Error).message}\n`)
  }
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

function entryOf(peer: DiscoveredPeer): BookEntry {
  const { name, epoch, seq } = peer
  return { peerId: peer.peerId.toString(), name, addrs: peer.multiaddrs.map(addr => addr.toString()), epoch, seq }
}

function numberOf(text: string | undefined): number | undefined {
  return text === undefined ? undefined : Number(text)
}

/** Lines of one turn of the event loop, a whole book for example, leave in one write. */
function write(line: NodeLine): void {
  process.stdout.cork()
  process.stdout.write(`${JSON.stringify(line)}\n`)
  process.nextTick(() => process.stdout.uncork())
}
