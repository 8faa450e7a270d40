/** Stops itself, as a debugger or a full disk may, once its book is full. */
import { run } from './base.mjs'

run({
  joined(node) {
    if (node.book.size === 3) setTimeout(() => process.kill(process.pid, 'SIGSTOP'), 400)
  }
})
