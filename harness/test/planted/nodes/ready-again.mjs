/** Says ready once more, with another epoch. */
import { run } from './base.mjs'

run({
  joined(node) {
    const { name, peerId, addrs, epoch } = node.self
    node.write({ type: 'ready', v: 1, node: name, peerId, addrs, epoch: epoch + 1 })
  }
})
