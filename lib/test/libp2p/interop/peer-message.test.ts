import fc from 'fast-check'
import { test } from 'tap'
import { decodePeer, encodePeer, MAX_MESSAGE_BYTES } from '../../../src/libp2p/interop/peer-message.ts'

/** Of the real package, which does not export it. */
interface Theirs {
  readonly Peer: {
    encode(peer: { publicKey: Uint8Array; addrs: Uint8Array[] }): Uint8Array
    decode(bytes: Uint8Array): { publicKey: Uint8Array; addrs: Uint8Array[] }
  }
}

const { Peer }: Theirs = await import(new URL('peer.js', import.meta.resolve('@libp2p/pubsub-peer-discovery')).href)

const key = fc.uint8Array({ minLength: 1, maxLength: 40 })
const addrs = fc.array(fc.uint8Array({ minLength: 1, maxLength: 60 }), { maxLength: 32 })

test('what one side writes, the other reads', t => {
  fc.assert(
    fc.property(key, addrs, (publicKey, list) => {
      const bytes = encodePeer({ key: publicKey, addrs: list })
      const theirs = Peer.encode({ publicKey, addrs: list })
      if (Buffer.compare(bytes, theirs) !== 0) throw new Error('other bytes')
      const read = decodePeer(theirs)
      const isSame = read?.addrs.every((addr, i) => Buffer.compare(addr, list[i]!) === 0)
      if (isSame !== true || read?.addrs.length !== list.length) throw new Error('other addresses')
      if (Buffer.compare(read.key, publicKey) !== 0) throw new Error('another key')
    })
  )
  t.pass('for random peers')
  t.end()
})

test('whatever the bytes are, they are read without a throw, and not otherwise than by the real package', t => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 80 }), bytes => {
      const read = decodePeer(bytes)
      if (read === undefined) return
      const theirs = Peer.decode(bytes)
      if (Buffer.compare(read.key, theirs.publicKey) !== 0) throw new Error('another key')
    }),
    { numRuns: 5_000 }
  )
  t.pass('for random bytes')
  t.end()
})

test('fields that a later version may have are passed over', t => {
  const later = [0x18, 0x01, 0x21, 0, 0, 0, 0, 0, 0, 0, 0, 0x2d, 0, 0, 0, 0, 0x32, 0x02, 0xff, 0xff]
  const read = decodePeer(Uint8Array.from([...later, 0x0a, 0x01, 0x07, ...later, 0x12, 0x01, 0x08, ...later]))
  t.same(read, { key: Uint8Array.of(7), addrs: [Uint8Array.of(8)] })
  t.end()
})

const unreadable: [what: string, bytes: number[]][] = [
  ['nothing', []],
  ['JSON', [...new TextEncoder().encode('{"peerId":"12D3KooW","addrs":[]}')]],
  ['a peer without a key', [0x12, 0x01, 0x08]],
  ['a field that is cut short', [0x0a, 0x05, 0x01]],
  ['a length that is cut short', [0x0a, 0x80]],
  ['a length beyond all numbers', [0x0a, ...Array(10).fill(0xff), 0x01]],
  ['a number that never ends', [0x0a, 0x01, 0x07, 0x18, ...Array(11).fill(0x80), 0x00]],
  ['a group', [0x0a, 0x01, 0x07, 0x1b, 0x1c]],
  ['a field of number 0', [0x0a, 0x01, 0x07, 0x02, 0x01, 0x00]]
]

for (const [what, bytes] of unreadable) {
  test(`${what} is no peer`, t => {
    t.equal(decodePeer(Uint8Array.from(bytes)), undefined)
    t.end()
  })
}

test('a thousand addresses are read up to a bound', t => {
  const read = decodePeer(Uint8Array.from([0x0a, 0x01, 0x07, ...Array(1_000).fill([0x12, 0x01, 0x08]).flat()]))
  t.equal(read?.addrs.length, 32)
  t.end()
})

test('a peer with the longest addresses says as many as a message holds', t => {
  const bytes = encodePeer({ key: new Uint8Array(36), addrs: Array.from({ length: 16 }, () => new Uint8Array(295)) })
  t.ok(bytes.length <= MAX_MESSAGE_BYTES)
  t.equal(decodePeer(bytes)?.addrs.length, 13)
  t.end()
})
