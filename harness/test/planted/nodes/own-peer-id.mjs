/** Has the peer id of the first node. */
import { run } from './base.mjs'

run({
  begin(node) {
    node.self.peerId = 'peer-of-n1'
  }
})
