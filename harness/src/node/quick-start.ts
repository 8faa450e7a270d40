/**
 * What the first call of a function costs a process that has just started, and need not. Times are of processor time, on the host
 * of docs/PERFORMANCE.md. For this program alone: import this file before anything else.
 */
import { isIPv6 } from 'node:net'
import { setFlagsFromString } from 'node:v8'

// libp2p's peer store sorts keys by it. It loads the names of all locales that ICU knows: 6 ms.
String.prototype.localeCompare = function (other: string): number {
  const text = String(this)
  if (text === other) return 0
  return text < other ? -1 : 1
}

// Node asks for an address before it listens. Its regular expression is long, and optimising it takes 3 ms, checking an address none.
setFlagsFromString('--no-regexp-optimization')
setFlagsFromString('--no-regexp-tier-up')
isIPv6('::1')
setFlagsFromString('--regexp-tier-up')
setFlagsFromString('--regexp-optimization')
