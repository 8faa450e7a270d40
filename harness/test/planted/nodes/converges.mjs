/** Tells nobody of itself for a while. */
import { run } from './base.mjs'

const startedMs = Date.now()
run({
  send: (record, node) => (record.peerId === node.self.peerId && Date.now() < startedMs + 2_500 ? undefined : record)
})
