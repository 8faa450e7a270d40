/** The IPv4 addresses of a network, such as 172.18.0.0/16. */
import { isIPv4 } from 'node:net'

/** The engine takes the first address for its side of the bridge. */
const FIRST_INDEX = 2

/**
 * @param index of the node, from 0
 * @throws if the subnet has no room for so many nodes
 */
export function addressOf(subnet: string, index: number): string {
  const [base = '', prefix = ''] = subnet.split('/')
  if (!isIPv4(base) || !/^\d+$/.test(prefix)) throw new Error(`not an IPv4 subnet: ${subnet}`)
  const size = 2 ** (32 - Number(prefix))
  const offset = FIRST_INDEX + index
  // The last address is that of everybody.
  if (offset > size - 2) throw new Error(`the subnet ${subnet} has room for ${Math.max(0, size - 3)} nodes`)
  const number = base.split('.').reduce((sum, part) => sum * 256 + Number(part), 0) + offset
  return [24, 16, 8, 0].map(bits => Math.floor(number / 2 ** bits) % 256).join('.')
}
