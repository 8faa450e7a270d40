/**
 * What the first call of a function costs a process that has just started, and need not. For this program alone: import this file
 * before anything else.
 */

// libp2p's peer store sorts keys by it. Its first call loads the names of all locales that ICU knows: 6 ms of processor time.
String.prototype.localeCompare = function (other: string): number {
  const text = String(this)
  if (text === other) return 0
  return text < other ? -1 : 1
}
