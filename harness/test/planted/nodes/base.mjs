/**
 * A node that keeps every rule of the contract, with Node's builtins alone: it gossips records, signed by nobody, as JSON lines
 * over TCP. `run({...})` starts it with some of its parts replaced: each program of this folder breaks one rule in this way,
 * at the node that PLANTED_AT names, or at all of them.
 */
import { createHash } from 'node:crypto'
import { createConnection, createServer } from 'node:net'
import { createInterface } from 'node:readline'
import { parseArgs } from 'node:util'

const { values: flags } = parseArgs({
  options: {
    name: { type: 'string', default: 'node' },
    listen: { type: 'string', default: '/ip4/127.0.0.1/tcp/0' },
    bootstrap: { type: 'string', multiple: true, default: [] },
    'announce-interval-ms': { type: 'string', default: '300' },
    'ttl-ms': { type: 'string', default: '30000' },
    mdns: { type: 'boolean', default: false },
    key: { type: 'string' }
  },
  strict: false
})

/** What a planted bug may replace; `node` is all that the node knows. */
const parts = {
  /** Before anything else. */
  begin() {},
  /** What it says of itself. */
  ready: line => line,
  /** Every line before it is written; nothing is written if it gives nothing. */
  line: line => line,
  /** A record of somebody that came in, before it is looked at; ignored if it gives nothing. */
  receive: record => record,
  /** A record on its way to others; kept back if it gives nothing. */
  send: record => record,
  /** Whether it heeds that somebody has left or was lost. */
  drops: (_record, _node) => true,
  leave: node => node.leave(),
  setClock: (offsetMs, node) => node.setClock(offsetMs),
  /** The address that the node really listens at. */
  listen: (server, port, ip, done) => server.listen(port, ip, done),
  /** The book is full for the first time: `size` others are in it. */
  joined(_node) {},
  stop: () => process.exit(0),
  sigterm: () => process.exit(0),
  stdinEnd: () => process.exit(0)
}

export function run(changes = {}) {
  const isChosen = (process.env.PLANTED_AT ?? flags.name) === flags.name
  new PlantedNode({ ...parts, ...(isChosen ? changes : {}) })
}

const fields = ['name', 'addrs', 'epoch', 'seq']
const can = ['leave', 'key', 'clock']

/** A `drops` that heeds an end so long after it was heard of. */
export function later(delayMs) {
  const heeded = new Set()
  return (record, node) => {
    if (heeded.has(record.peerId)) return true
    heeded.add(record.peerId)
    setTimeout(() => node.remove(record, 'expired'), delayMs)
    return false
  }
}

class PlantedNode {
  flags = flags
  self = { peerId: `peer-of-${flags.name}`, name: flags.name, addrs: [], epoch: Date.now(), seq: 1 }
  book = new Map()
  gone = new Map()
  connections = new Set()
  counts = { rx: 0, tx: 0 }

  constructor(changes) {
    this.parts = changes
    changes.begin(this)
    process.on('SIGTERM', () => changes.sigterm(this))
    const [, , ip, , port] = flags.listen.split('/')
    this.server = createServer(socket => this.connect(socket))
    this.server.on('error', () => {})
    changes.listen(this.server, Number(port), ip, () => this.start(ip))
    createInterface({ input: process.stdin })
      .on('line', line => this.obey(JSON.parse(line)))
      .on('close', () => changes.stdinEnd(this))
  }

  start(ip) {
    this.self.addrs = [this.listenAddr ?? `/ip4/${ip}/tcp/${this.server.address()?.port ?? 1}`]
    const { name: node, peerId, addrs, epoch } = this.self
    const ready = this.parts.ready({ type: 'ready', v: 2, node, peerId, addrs, epoch, fields, can }, this)
    if (ready !== undefined) this.write(ready)
    this.dial(flags.bootstrap)
    setInterval(() => this.announce(), Number(flags['announce-interval-ms']))
  }

  obey(command) {
    if (command.type === 'dump') this.write({ type: 'book', entries: [...this.book.values()], hash: this.hash() })
    if (command.type === 'dial') this.dial(command.addrs)
    if (command.type === 'leave') this.parts.leave(this)
    if (command.type === 'clock') this.parts.setClock(command.offsetMs, this)
    if (command.type === 'stop') this.parts.stop(this)
  }

  setClock(offsetMs) {
    this.write({ type: 'clock', nowMs: Date.now() + offsetMs })
  }

  leave() {
    this.isSilent = true
    this.flood({ ...this.self, seq: ++this.self.seq, leaving: true })
  }

  /** Over all that must be equal everywhere. */
  hash() {
    const { peerId, name, addrs, epoch } = this.self
    const lines = [...this.book.values(), { peerId, name, addrs, epoch }].map(entry => {
      return `${entry.peerId} ${entry.name} ${entry.addrs} ${entry.epoch}`
    })
    return createHash('sha256').update(lines.sort().join('\n')).digest('hex')
  }

  dial(addrs) {
    for (const addr of addrs) {
      const [, , host, , port] = addr.split('/')
      this.connect(createConnection({ port: Number(port), host, localAddress: flags.listen.split('/')[2] }))
    }
  }

  connect(socket) {
    this.connections.add(socket)
    socket.on('error', () => {}).on('close', () => this.lost(socket))
    createInterface({ input: socket })
      .on('line', line => this.received(socket, JSON.parse(line)))
      .on('error', () => {})
    for (const record of [...(this.isSilent ? [] : [this.self]), ...this.book.values()]) this.sendTo(socket, record)
  }

  /** Who goes without a farewell has crashed: everybody hears of it. */
  lost(socket) {
    this.connections.delete(socket)
    if (socket.peerId !== undefined) this.suspect(socket.peerId)
  }

  suspect(peerId) {
    const record = this.book.get(peerId)
    if (record === undefined || [...this.connections].some(other => other.peerId === peerId)) return
    this.remove(record, 'expired')
    this.flood({ ...record, lost: true })
  }

  announce() {
    this.write({ type: 'stats', ...this.counts, rejected: {}, rssBytes: 1, cpuMs: 1, loopLagMs: 0 })
    if (this.isSilent) return
    this.self.seq += 1
    this.flood(this.self)
    this.write({ type: 'announced', seq: this.self.seq, recipients: this.connections.size })
  }

  received(socket, said) {
    this.counts.rx += 1
    const record = this.parts.receive(said, this)
    if (record === undefined) return
    // The first record on a connection is that of its other end.
    socket.peerId ??= said.peerId
    const known = this.book.get(record.peerId) ?? this.gone.get(record.peerId)
    if (record.peerId === this.self.peerId) return
    if (record.lost) return this.hearLoss(record)
    if (known !== undefined && !isNewer(record, known)) return
    if (record.leaving) this.remove(record, 'left')
    else this.list(record)
    this.flood(record)
  }

  hearLoss(record) {
    const known = this.book.get(record.peerId)
    if (known === undefined || isNewer(known, record)) return
    this.remove(known, 'expired')
    this.flood(record)
  }

  list({ peerId, name, addrs, epoch, seq }) {
    const type = this.book.has(peerId) ? 'updated' : 'joined'
    this.book.set(peerId, { peerId, name, addrs, epoch, seq })
    this.write({ type, peerId, name, addrs, epoch, seq })
    if (type === 'joined') this.parts.joined(this)
  }

  remove(record, type) {
    if (!this.parts.drops(record, this)) return
    this.gone.set(record.peerId, record)
    if (this.book.delete(record.peerId)) this.write({ type, peerId: record.peerId })
  }

  flood(record) {
    for (const socket of this.connections) this.sendTo(socket, record)
  }

  sendTo(socket, said) {
    const record = this.parts.send(said, this)
    if (record === undefined) return
    this.counts.tx += 1
    socket.write(`${JSON.stringify(record)}\n`)
  }

  write(said) {
    const line = this.parts.line(said, this)
    if (line !== undefined) process.stdout.write(`${typeof line === 'string' ? line : JSON.stringify(line)}\n`)
  }
}

function isNewer(a, b) {
  return a.epoch > b.epoch || (a.epoch === b.epoch && a.seq > b.seq)
}
