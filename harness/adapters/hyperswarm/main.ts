/** hyperswarm on a DHT of the network's own as a node of the contract: its book is whom it is connected to. */
import { createHash, randomBytes } from 'node:crypto'
import { readFile, writeFile } from 'node:fs/promises'
import DHT from 'hyperdht'
import Hyperswarm, { type Connection } from 'hyperswarm'
import type { Book } from '../contract-js/book.ts'
import { endpointOf, type Flags } from '../contract-js/flags.ts'
import { type Lines, run, type System } from '../contract-js/run.ts'

const TOPIC = createHash('sha256').update('node contract').digest()

const SEED_BYTES = 32

/** hyperdht's own, where the harness gives none: each node has an address of its own. */
const DHT_PORT = 49_737

void run(start)

async function start(flags: Flags, { book }: Lines): Promise<System> {
  const keyPair = DHT.keyPair(await seedOf(flags.keyFile))
  const { host, port } = endpointOf(flags.listen)
  const others = flags.bootstrap.map(hostPortOf)
  // Part of the DHT, and reachable, as the nodes of hyperdht's own test networks are: the first swarm needs one to announce itself to.
  const part = DHT.bootstrapper(port || DHT_PORT, host, { bootstrap: others, host })
  await part.fullyBootstrapped()
  const endpoint = `/ip4/${host}/udp/${part.address().port}`
  const dht = new DHT({ bootstrap: [hostPortOf(endpoint), ...others], host, firewalled: false })
  await dht.fullyBootstrapped()
  const swarm = new Hyperswarm({ dht, keyPair })
  const connections = new Map<string, Connection>()
  swarm.on('connection', connection => follow(connection, connections, book))
  swarm.join(TOPIC)
  const leave = async () => {
    for (const connection of connections.values()) connection.end()
    await swarm.destroy()
    await part.destroy()
  }
  return {
    peerId: hexOf(keyPair.publicKey),
    addrs: [`${endpoint}/p2p/${hexOf(keyPair.publicKey)}`],
    fields: [],
    can: ['leave', 'key'],
    dial(addrs) {
      for (const addr of addrs) {
        part.addNode(endpointOf(addr))
        dht.addNode(endpointOf(addr))
        const key = keyIn(addr)
        if (key !== undefined) swarm.joinPeer(key)
      }
    },
    leave,
    stop: leave
  }
}

function hostPortOf(addr: string): string {
  const { host, port } = endpointOf(addr)
  return `${host}:${port}`
}

/** A connection that its other end closed in order is a farewell. */
function follow(connection: Connection, connections: Map<string, Connection>, book: Book): void {
  const peerId = hexOf(connection.remotePublicKey)
  let why: 'left' | 'expired' = 'expired'
  connections.set(peerId, connection)
  book.put({ peerId })
  connection.on('data', () => {})
  connection.on('end', () => {
    why = 'left'
    connection.end()
  })
  connection.on('error', complain)
  connection.on('close', () => {
    // Two that connect to each other at once keep one of both connections.
    if (connections.get(peerId) !== connection) return
    connections.delete(peerId)
    book.remove(peerId, why)
  })
}

async function seedOf(keyFile: string | undefined): Promise<Uint8Array> {
  if (keyFile === undefined) return randomBytes(SEED_BYTES)
  try {
    return await readFile(keyFile)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
  }
  const seed = randomBytes(SEED_BYTES)
  await writeFile(keyFile, seed, { mode: 0o600 })
  return seed
}

/** The public key at the end of an address. */
function keyIn(addr: string): Uint8Array | undefined {
  const hex = /\/p2p\/([0-9a-f]{64})$/.exec(addr)?.[1]
  return hex === undefined ? undefined : Buffer.from(hex, 'hex')
}

function hexOf(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex')
}

function complain(error: Error): void {
  process.stderr.write(`${error.message}\n`)
}
