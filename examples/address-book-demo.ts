/** An address book in a terminal: start one, then others with its address, and watch them come and go. Ctrl-C leaves. */
import { parseArgs, styleText } from 'node:util'
import {
  type AddressBookPeerEvents,
  type DiscoveredPeer,
  type GossipDiscovery,
  gossipDiscovery,
  InvalidConfigError
} from '@gossip-discovery/libp2p'
import { gossipsub } from '@libp2p/gossipsub'
import { identify } from '@libp2p/identify'
import { noise } from '@libp2p/noise'
import { tcp } from '@libp2p/tcp'
import { yamux } from '@libp2p/yamux'
import { createLibp2p } from 'libp2p'

/** How to start another demo, which is not the same for npm and Nix. */
const COMMAND = process.env.DEMO_COMMAND ?? 'npm run demo --'
const USAGE = `usage: ${COMMAND} <name> [address of another]...`
const FRIENDS = ['alice', 'bob', 'charlie', 'dave', 'erin', 'frank']

/** A friend answers within milliseconds, a wrong address never. */
const SILENCE_MS = 3_000

await main()

async function main(): Promise<void> {
  const { name, addrs } = namedPeers(process.argv.slice(2))
  const libp2p = await startNode(name, addrs).catch(refuse)
  const { discovery } = libp2p.services
  console.log(`${bold(name)} listens. In another terminal:\n`)
  console.log(`  ${COMMAND} ${nextFriend(name)} ${libp2p.getMultiaddrs()[0]}\n`)
  showChanges(discovery)
  const hint = setTimeout(() => hintAt(addrs), SILENCE_MS)
  discovery.addressBook.addEventListener('joined', () => clearTimeout(hint), { once: true })
  const signal = await anySignal()
  clearTimeout(hint)
  console.log(`\n${bold(name)} says goodbye (${signal})`)
  await libp2p.stop()
}

function namedPeers(args: string[]): { name: string; addrs: string[] } {
  try {
    const { positionals, values } = parseArgs({ args, allowPositionals: true, options: { help: { type: 'boolean' } } })
    if (values.help === true) exit(USAGE, 0)
    const [name, ...addrs] = positionals
    if (name === undefined) throw new Error('a name is missing')
    if (name.startsWith('/')) throw new Error(`a name comes first, then addresses, but ${name} is an address`)
    return { name, addrs }
  } catch (error) {
    return refuse(error as Error)
  }
}

async function startNode(name: string, bootstrapPeers: string[]) {
  return await createLibp2p({
    addresses: { listen: ['/ip4/127.0.0.1/tcp/0'] },
    transports: [tcp()],
    connectionEncrypters: [noise()],
    streamMuxers: [yamux()],
    services: { identify: identify(), pubsub: gossipsub(), discovery: gossipDiscovery({ name, bootstrapPeers }) }
  })
}

function showChanges({ addressBook }: GossipDiscovery): void {
  const signs: Record<keyof AddressBookPeerEvents, string> = {
    joined: styleText('green', '+'),
    updated: styleText('cyan', '~'),
    left: styleText('yellow', '-'),
    expired: styleText('red', '-'),
    evicted: styleText('gray', '-')
  }
  for (const [change, sign] of Object.entries(signs) as [keyof AddressBookPeerEvents, string][]) {
    addressBook.addEventListener(change, ({ detail: peer }) => {
      console.log(`${sign} ${bold(peer.name)} ${change}`)
      for (const line of linesOf([...addressBook])) console.log(styleText('gray', `    ${line}`))
    })
  }
}

/** The whole book, a line each: name, the end of the peer id, address. */
function linesOf(peers: DiscoveredPeer[]): string[] {
  if (peers.length === 0) return ['nobody else']
  const width = Math.max(...peers.map(({ name }) => name.length))
  return peers
    .sort((a, b) => a.name.localeCompare(b.name))
    .map(
      ({ name, peerId, multiaddrs }) =>
        `${name.padEnd(width)}  …${peerId.toString().slice(-6)}  ${multiaddrs.join(' ')}`
    )
}

function hintAt(addrs: string[]): void {
  if (addrs.length > 0) console.log(`nobody answers at ${addrs.join(' or ')}; still trying`)
}

function nextFriend(name: string): string {
  return FRIENDS[FRIENDS.indexOf(name) + 1] ?? 'another'
}

/** Resolves at the first signal; the next one ends the process the hard way. */
async function anySignal(): Promise<NodeJS.Signals> {
  return await new Promise(resolve => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve(signal))
  })
}

function refuse(error: Error): never {
  const line = error instanceof InvalidConfigError ? error.faults.join('; ') : error.message.split(/\n|\. /)[0]
  return exit(`${line} (${USAGE})`, 2)
}

function exit(line: string, code: number): never {
  process[code === 0 ? 'stdout' : 'stderr'].write(`${line}\n`)
  process.exit(code)
}

function bold(text: string): string {
  return styleText('bold', text)
}
