/** Never announces itself. */
import { run } from './base.mjs'

run({
  send: (record, node) => (record.peerId === node.self.peerId ? undefined : record),
  line: line => (line.type === 'announced' ? { ...line, recipients: 0 } : line)
})
