/** Lists others under a name that they do not have. */
import { run } from './base.mjs'

run({
  receive: record => (record.lost || record.leaving ? record : { ...record, name: `mr-${record.name}` }),
  send: (record, node) => (record.peerId === node.self.peerId ? record : undefined)
})
