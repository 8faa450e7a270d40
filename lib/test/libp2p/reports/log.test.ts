/** The log: one line for each call, with the own id; short for what fails in a network, whole for a bug, and safe from strangers. */

import { gossipsub } from '@libp2p/gossipsub'
import { identify } from '@libp2p/identify'
import type { ComponentLogger, Logger } from '@libp2p/interface'
import { peerIdFromPrivateKey } from '@libp2p/peer-id'
import fc from 'fast-check'
import { createLibp2p } from 'libp2p'
import { type Test, test } from 'tap'
import { gossipDiscovery } from '../../../src/index.ts'
import { peerLabel } from '../../../src/libp2p/reports/book/discovered-peer.ts'
import { logLine, serviceLog } from '../../../src/libp2p/reports/log.ts'
import { keyOf } from '../../crafted.ts'
import { startNode2 } from '../../interop/libp2p-2.ts'
import { transport, until } from '../nodes.ts'

const self = peerIdFromPrivateKey(await keyOf(1))
const ID = `12…${self.toString().slice(-4)}`

/** A peer id, and a port where nobody listens. */
const DEAD = `/ip4/127.0.0.1/tcp/1/p2p/${peerIdFromPrivateKey(await keyOf(2))}`

test('a refused connection is one line without a stack, on libp2p 3 and on libp2p 2', async t => {
  for (const start of [startLogged3, startLogged2]) {
    const lines: string[] = []
    const id = await start(t, lines)
    await until(() => lines.some(line => line.includes('could not dial')))
    const own = lines.filter(line => line.startsWith('libp2p:gossip-discovery'))
    for (const line of own) {
      t.match(line, new RegExp(`^libp2p:gossip-discovery\\S* 12…${id.slice(-4)} `))
      t.notMatch(line, /\n|\bat .*:\d+:\d+/)
    }
    t.match(
      own.find(line => line.includes('could not dial')),
      /could not dial \S+ - .*ECONNREFUSED/
    )
  }
})

test('whatever strangers put into it, a call makes one line that begins with the own id', async t => {
  const text = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.constantFrom('\n', '\r\n', '\u2028', '\u001b[2J', '\u202e', '%s %e')
  )
  const arg = fc.oneof(
    text,
    text.map(message => new Error(message)),
    text.map(message => new TypeError(message)),
    text.map(message => new AggregateError([new Error(message), message], message)),
    text.map(message => new Error('outer', { cause: new Error(message) }))
  )
  fc.assert(
    fc.property(fc.array(arg, { maxLength: 4 }), text, (args, name) => {
      const { lines, log } = recorded(peer => peerLabel(peer, name))
      log('%s, %p: %e', ...args)
      log.error('%s, %p: %e', ...args)
      log.trace('%s, %p: %e', ...args)
      return (
        lines.length === 3 &&
        lines.every(line => line.startsWith(`${ID} `) && !/(?![\u200c\u200d])[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u.test(line))
      )
    })
  )
  t.pass()
})

test('an error is its message, its parts and its cause; a bug has its frames in the same line', async t => {
  const refused = Object.assign(new Error('connect ECONNREFUSED 192.0.2.1:1'), { code: 'ECONNREFUSED' })
  const cases: [unknown, string | RegExp][] = [
    [refused, 'connect ECONNREFUSED 192.0.2.1:1'],
    [Object.assign(new Error('no'), { name: 'DialError' }), 'DialError: no'],
    [new Error(''), 'Error'],
    [
      new AggregateError([refused, 'b'], 'all failed'),
      'AggregateError: all failed [connect ECONNREFUSED 192.0.2.1:1; b]'
    ],
    [new AggregateError([1, 2, 3, 4, 5, 6], 'all'), 'AggregateError: all [1; 2; 3; 4; and 2 more]'],
    [new Error('outer', { cause: refused }), 'outer (because of connect ECONNREFUSED 192.0.2.1:1)'],
    ['a text', 'a text'],
    [undefined, 'undefined'],
    [new TypeError('x is no function'), /^TypeError: x is no function at .*log\.test\.ts:\d+:\d+/]
  ]
  for (const [error, text] of cases) t.match(logLine('%e', [error], String), text)
  const circle = new Error('round')
  circle.cause = circle
  t.equal(logLine('%e', [circle], String), 'round (because of round)')
  t.equal(logLine('%s', ['x'.repeat(10_000)], String).length, 8_192 + ' ...'.length)
})

test('a name cannot look like what follows it', async t => {
  t.equal(peerLabel('12D3', 'alice'), '12D3 (alice)')
  t.equal(peerLabel('12D3', 'al) left 12D4 (bob'), '12D3 ("al) left 12D4 (bob")')
  t.equal(peerLabel('12D3', '") left'), '12D3 ("\\") left")')
  t.equal(peerLabel('12D3', ''), '12D3')
  t.equal(logLine('%s', ['👩‍🚀 می‌خواهم'], String), '👩‍🚀 می‌خواهم')
})

test('a log that is not read costs no text', async t => {
  let asked = 0
  const { lines, log } = recorded(() => `${asked++}`, false)
  log('%p', 'a')
  log.error('%p', 'a')
  log.trace('%p', 'a')
  log.newScope('inner')('%p', 'a')
  t.same([lines, asked, log.enabled], [[], 0, false])
})

function recorded(labelOf: (peer: string) => string, enabled = true) {
  const lines: string[] = []
  return {
    lines,
    log: serviceLog(
      loggerTo(line => lines.push(line), enabled),
      self,
      labelOf
    )
  }
}

function loggerTo(write: (line: string) => void, enabled = true): Logger {
  const one = () =>
    Object.assign((format: string, ...args: unknown[]) => write(format.replace('%s', String(args[0]))), { enabled })
  return Object.assign(one(), {
    error: one(),
    trace: one(),
    newScope: () => loggerTo(write, enabled)
  }) as unknown as Logger
}

function componentLogger(lines: string[]): ComponentLogger {
  return { forComponent: name => loggerTo(line => lines.push(`${name} ${line}`)) }
}

async function startLogged3(t: Test, lines: string[]): Promise<string> {
  const node = await createLibp2p({
    ...transport(),
    logger: componentLogger(lines),
    services: { identify: identify(), pubsub: gossipsub(), discovery: gossipDiscovery({ bootstrapPeers: [DEAD] }) }
  })
  t.teardown(async () => await node.stop())
  return node.peerId.toString()
}

async function startLogged2(t: Test, lines: string[]): Promise<string> {
  const node = await startNode2(t, { bootstrapPeers: [DEAD] }, { logger: componentLogger(lines) })
  return node.peerId.toString()
}
