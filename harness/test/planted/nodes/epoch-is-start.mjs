/** Has its epoch in seconds. */
import { run } from './base.mjs'

run({
  begin(node) {
    node.self.epoch = Math.floor(node.self.epoch / 1_000)
  }
})
