/** Is another peer whenever it starts. */
import { run } from './base.mjs'

run({
  begin(node) {
    node.self.peerId += `-${process.pid}`
  }
})
