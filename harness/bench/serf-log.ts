/** What an agent of serf says in its log. */
import type { NodeLine } from '../src/contract.ts'

/**
 * A line of an agent's log as a line of the node contract, if it tells of its book. A name stands for the peer id, since
 * serf keys its members by name; `lineNumber` stands for seq, which only has to grow.
 *
 * @param self - the agent's own name and address
 */
export function nodeLineOf(text: string, self: { node: string; ip: string }, lineNumber: number): NodeLine | undefined {
  const { node, ip } = self
  if (text.startsWith('==> Serf agent running!')) {
    return { type: 'ready', v: 1, node, peerId: node, addrs: [ip], epoch: 0 }
  }
  const event = /\bserf: EventMember(Join|Leave|Failed): (\S+) (\S+)$/.exec(text.trimEnd())
  if (event === null) return undefined
  const [, what, peerId, addr] = event as unknown as [string, 'Join' | 'Leave' | 'Failed', string, string]
  if (peerId === node) return undefined
  if (what !== 'Join') return { type: what === 'Leave' ? 'left' : 'expired', peerId }
  return { type: 'joined', peerId, name: peerId, addrs: [addr], epoch: 0, seq: lineNumber }
}
