/** Addresses of a record, from bytes to text. */
import { CODE_IP4, CODE_TCP, multiaddr } from '@multiformats/multiaddr'
import { equals } from 'uint8arrays/equals'
import { isPlainText } from '../../core/record/text.ts'

/** IPv4 and port, each after its code. */
const TCP_ADDR_BYTES = 8

/**
 * The text of an address; undefined where this node can make nothing of it: it names a protocol that this version of libp2p does
 * not know, is no multiaddr, has a text that leads elsewhere, or one that must not be printed.
 */
export function addrText(bytes: Uint8Array): string | undefined {
  if (bytes.length === TCP_ADDR_BYTES && bytes[0] === CODE_IP4 && bytes[5] === CODE_TCP) return tcpAddrText(bytes)
  try {
    const text = multiaddr(bytes).toString()
    return isPlainText(text) && equals(multiaddr(text).bytes, bytes) ? text : undefined
  } catch {
    return undefined
  }
}

/** The most common kind by far: libp2p would take half as long for the two conversions as for the signature. */
function tcpAddrText(bytes: Uint8Array): string {
  return `/ip4/${bytes.subarray(1, 5).join('.')}/tcp/${bytes[6]! * 256 + bytes[7]!}`
}
