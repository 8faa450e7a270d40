/** Says again and again that it can be dialled elsewhere, too. */
import { run } from './base.mjs'

run({
  joined(node) {
    if (node.book.size === 3) setInterval(() => move(node), 700)
  }
})

function move(node) {
  const { name, peerId, addrs, epoch, seq } = node.self
  node.self.addrs = [addrs[0], `/ip4/127.0.0.1/tcp/${1_000 + seq}`]
  node.write({ type: 'ready', v: 1, node: name, peerId, addrs: node.self.addrs, epoch })
  node.announce()
}
