import fc from 'fast-check'
import { test } from 'tap'
import { completeChecksum } from '../../../src/runners/netns/shaping/checksum.ts'

/** UDP from 10.77.1.1 port 1024 to 10.77.1.2 port 7000, "hello", without its checksum. */
const golden =
  '0202020202020404040404040800' +
  '450000210001400040112526' +
  '0a4d01010a4d0102' +
  '04001b58000d' +
  '0000' +
  '68656c6c6f'

test('a checksum that was left out is filled in', t => {
  const frame = Buffer.from(golden, 'hex')
  frame.writeUInt16BE(0x1234, 40)
  completeChecksum(frame)
  t.equal(frame.readUInt16BE(40), udpChecksumByHand())
  t.equal(sumOf(frame, 34, 13, 17), 0xffff, 'the sum over everything is then all ones')
  t.end()
})

test('whatever the packet, the sum over it is all ones afterwards, and nothing else has changed', t => {
  const packets = fc.tuple(
    fc.constantFrom(4, 6),
    fc.constantFrom(6, 17),
    fc.uint8Array({ minLength: 20, maxLength: 200 })
  )
  fc.assert(
    fc.property(packets, ([version, protocol, bytes]) => {
      const { frame, at } = frameOf(version, protocol, bytes)
      const checksumAt = at + (protocol === 6 ? 16 : 6)
      frame.writeUInt16BE(0x1234, checksumAt)
      const before = Buffer.from(frame)
      completeChecksum(frame)
      const isRight = sumOf(frame, at, bytes.length, protocol, version) === 0xffff
      frame.copy(before, checksumAt, checksumAt, checksumAt + 2)
      return isRight && before.equals(frame)
    })
  )
  t.end()
})

test('fragments, ARP, short frames and UDP without a checksum stay as they are', t => {
  const fragment = Buffer.from(golden, 'hex')
  fragment.writeUInt16BE(0x2000, 20)
  const withoutChecksum = Buffer.from(golden, 'hex')
  const arp = Buffer.from(golden, 'hex')
  arp.writeUInt16BE(0x0806, 12)
  for (const frame of [fragment, withoutChecksum, arp, Buffer.from(golden.slice(0, 60), 'hex'), Buffer.alloc(3)]) {
    const before = frame.toString('hex')
    completeChecksum(frame)
    t.equal(frame.toString('hex'), before)
  }
  t.end()
})

test('no frame makes it fail, whatever it holds', t => {
  const kinds = fc.constantFrom(0x0800, 0x86dd, 0x0806)
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 120 }), kinds, (bytes, kind) => {
      const frame = Buffer.from(bytes)
      if (frame.length >= 14) frame.writeUInt16BE(kind, 12)
      completeChecksum(frame)
    })
  )
  t.end()
})

function frameOf(version: number, protocol: number, bytes: Uint8Array): { frame: Buffer; at: number } {
  const header = Buffer.alloc(version === 4 ? 20 : 40, 0x0b)
  if (version === 4) {
    header[0] = 0x45
    header.writeUInt16BE(20 + bytes.length, 2)
    header.writeUInt16BE(0x4000, 6)
    header[9] = protocol
  } else {
    header.writeUInt16BE(bytes.length, 4)
    header[6] = protocol
  }
  const ethernet = Buffer.alloc(14)
  ethernet.writeUInt16BE(version === 4 ? 0x0800 : 0x86dd, 12)
  return { frame: Buffer.concat([ethernet, header, bytes]), at: 14 + header.length }
}

/** RFC 1071, straight from its text: the ones' complement sum over the pseudo header and the segment. */
function sumOf(frame: Buffer, at: number, length: number, protocol: number, version = 4): number {
  const pseudo = version === 4 ? frame.subarray(26, 34) : frame.subarray(22, 54)
  const text = Buffer.concat([
    pseudo,
    Buffer.from([0, protocol, length >> 8, length & 255]),
    frame.subarray(at, at + length)
  ])
  const even = text.length % 2 === 0 ? text : Buffer.concat([text, Buffer.alloc(1)])
  let sum = 0
  for (let i = 0; i < even.length; i += 2) {
    sum += even.readUInt16BE(i)
    if (sum > 0xffff) sum -= 0xffff
  }
  return sum
}

function udpChecksumByHand(): number {
  // 0a4d + 0101 + 0a4d + 0102 + 0011 + 000d + 0400 + 1b58 + 000d + 6865 + 6c6c + 6f00 = 1 79bb -> 79bc, inverted
  const words = [0x0a4d, 0x0101, 0x0a4d, 0x0102, 0x11, 0x0d, 0x0400, 0x1b58, 0x0d, 0x6865, 0x6c6c, 0x6f00]
  const sum = words.reduce((total, word) => total + word, 0)
  return 0xffff - ((sum & 0xffff) + (sum >> 16))
}
