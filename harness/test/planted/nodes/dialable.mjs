/** Says that it can be dialled where nobody listens. */
import { run } from './base.mjs'

run({
  begin(node) {
    node.listenAddr = '/ip4/127.0.0.1/tcp/1'
  }
})
