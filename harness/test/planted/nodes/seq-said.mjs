/** Lists a seq that nobody has said. */
import { run } from './base.mjs'

run({
  receive: record => (record.peerId === 'peer-of-n2' ? { ...record, seq: record.seq + 1e12 } : record),
  send: (record, node) => (record.peerId === node.self.peerId ? record : undefined)
})
