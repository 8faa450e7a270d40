/** Keeps the minute in which it starts as its epoch. */
import { run } from './base.mjs'

const MINUTE_MS = 60_000
run({
  begin(node) {
    node.self.epoch -= node.self.epoch % MINUTE_MS
  }
})
