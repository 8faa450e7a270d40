/**
 * A node that keeps the contract with Node's builtins alone: it gossips signed-by-nobody records as JSON lines over TCP.
 * Run with the flags of the contract; `PID_FILE`, if set, receives its process id.
 */
import { appendFileSync } from 'node:fs'
import { createConnection, createServer } from 'node:net'
import { createInterface } from 'node:readline'
import { parseArgs } from 'node:util'

const { values: flags } = parseArgs({
  options: {
    name: { type: 'string', default: 'node' },
    listen: { type: 'string', default: '/ip4/127.0.0.1/tcp/0' },
    bootstrap: { type: 'string', multiple: true, default: [] },
    'announce-interval-ms': { type: 'string', default: '500' },
    'ttl-ms': { type: 'string', default: '30000' },
    mdns: { type: 'boolean', default: false },
    key: { type: 'string' }
  }
})
const announceIntervalMs = Number(flags['announce-interval-ms'])
const ttlMs = Number(flags['ttl-ms'])
const self = { peerId: `peer-of-${flags.name}`, name: flags.name, addrs: [], epoch: Date.now(), seq: 0 }
const book = new Map()
const gone = new Map()
const connections = new Set()
let silent = false

if (process.env.PID_FILE) appendFileSync(process.env.PID_FILE, `${process.pid}\n`)

const [, , ip, , port] = flags.listen.split('/')
const server = createServer(connect).listen(Number(port), ip, () => {
  self.addrs = [`/ip4/${ip}/tcp/${server.address().port}`]
  write({ type: 'ready', v: 1, node: self.name, peerId: self.peerId, addrs: self.addrs, epoch: self.epoch })
  dial(flags.bootstrap)
  announce()
  setInterval(announce, announceIntervalMs)
  setInterval(expire, 100)
})
createInterface({ input: process.stdin })
  .on('line', line => obey(JSON.parse(line)))
  .on('close', () => process.exit())

function obey(command) {
  if (command.type === 'dump') {
    write({
      type: 'book',
      entries: [...book.values()].map(({ peerId, name, addrs, epoch, seq }) => ({ peerId, name, addrs, epoch, seq }))
    })
  }
  if (command.type === 'dial') dial(command.addrs)
  if (command.type === 'leave') {
    silent = true
    flood({ ...self, seq: ++self.seq, leaving: true })
  }
  if (command.type === 'stop') process.exit()
}

function dial(addrs) {
  for (const addr of addrs) {
    const [, , host, , tcpPort] = addr.split('/')
    connect(createConnection(Number(tcpPort), host))
  }
}

function connect(socket) {
  connections.add(socket)
  socket.on('error', () => {}).on('close', () => connections.delete(socket))
  createInterface({ input: socket })
    .on('line', line => receive(JSON.parse(line)))
    .on('error', () => {})
  for (const record of [...(silent ? [] : [self]), ...book.values()]) send(socket, record)
}

function announce() {
  if (silent) return
  self.seq += 1
  flood(self)
  write({ type: 'announced', seq: self.seq, recipients: connections.size })
}

function receive(record) {
  const known = book.get(record.peerId) ?? gone.get(record.peerId)
  if (record.peerId === self.peerId || (known && !isNewer(record, known))) return
  if (record.leaving) remove(record, 'left')
  else {
    const type = book.has(record.peerId) ? 'updated' : 'joined'
    book.set(record.peerId, { ...record, heardAtMs: Date.now() })
    const { peerId, name, addrs, epoch, seq } = record
    write({ type, peerId, name, addrs, epoch, seq })
  }
  flood(record)
}

function isNewer(a, b) {
  return a.epoch > b.epoch || (a.epoch === b.epoch && a.seq > b.seq)
}

function expire() {
  for (const record of book.values()) if (Date.now() - record.heardAtMs > ttlMs) remove(record, 'expired')
}

function remove(record, type) {
  gone.set(record.peerId, record)
  if (book.delete(record.peerId)) write({ type, peerId: record.peerId })
}

function flood(record) {
  for (const socket of connections) send(socket, record)
}

function send(socket, { heardAtMs, ...record }) {
  socket.write(`${JSON.stringify(record)}\n`)
}

function write(line) {
  process.stdout.write(`${JSON.stringify(line)}\n`)
}
