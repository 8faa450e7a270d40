/**
 * Within one host the kernel leaves the checksums of TCP and UDP to the network card, and a veth has none. So a packet that
 * was taken out of the kernel has a wrong one, and the receiver would drop it.
 */

const IPV4 = 0x0800
const IPV6 = 0x86dd
/** By protocol number: where in the header the checksum is. */
const CHECKSUM_AT = new Map([
  [6, 16],
  [17, 6]
])
const ETHERNET_BYTES = 14
const IPV6_BYTES = 40

/** Writes the right checksum into an Ethernet frame; frames of other kinds, and fragments, stay as they are. */
export function completeChecksum(frame: Buffer): void {
  const found = transportOf(frame)
  if (found === undefined) return
  const { at, length, protocol, addressesAt } = found
  const checksumAt = CHECKSUM_AT.get(protocol)
  if (checksumAt === undefined || length < checksumAt + 2 || frame.length < at + length) return
  // UDP without a checksum.
  if (protocol === 17 && frame.readUInt16BE(at + checksumAt) === 0) return
  frame.writeUInt16BE(0, at + checksumAt)
  let sum = protocol + length
  for (let i = addressesAt.from; i < addressesAt.to; i += 2) sum += frame.readUInt16BE(i)
  for (let i = at; i + 1 < at + length; i += 2) sum += frame.readUInt16BE(i)
  if (length % 2 === 1) sum += (frame[at + length - 1] ?? 0) * 256
  while (sum > 0xffff) sum = (sum & 0xffff) + Math.floor(sum / 0x10000)
  frame.writeUInt16BE(sum === 0xffff ? 0xffff : 0xffff - sum, at + checksumAt)
}

interface Transport {
  at: number
  length: number
  protocol: number
  addressesAt: { from: number; to: number }
}

function transportOf(frame: Buffer): Transport | undefined {
  if (frame.length < ETHERNET_BYTES + 20) return undefined
  const type = frame.readUInt16BE(12)
  if (type === IPV4) return ofIpv4(frame)
  return type === IPV6 && frame.length >= ETHERNET_BYTES + IPV6_BYTES ? ofIpv6(frame) : undefined
}

function ofIpv4(frame: Buffer): Transport | undefined {
  const isFragment = (frame.readUInt16BE(20) & 0x3fff) !== 0
  if (isFragment) return undefined
  const headerBytes = ((frame[ETHERNET_BYTES] ?? 0) & 0x0f) * 4
  return {
    at: ETHERNET_BYTES + headerBytes,
    length: frame.readUInt16BE(16) - headerBytes,
    protocol: frame[23] ?? 0,
    addressesAt: { from: 26, to: 34 }
  }
}

/** Without extension headers, which TCP and UDP rarely have. */
function ofIpv6(frame: Buffer): Transport {
  return {
    at: ETHERNET_BYTES + IPV6_BYTES,
    length: frame.readUInt16BE(18),
    protocol: frame[20] ?? 0,
    addressesAt: { from: 22, to: 54 }
  }
}
