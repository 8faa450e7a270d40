/** Lists a peer again that expired, with nothing new of it. */
import { run } from './base.mjs'

run({
  line(line, node) {
    if (line.type === 'expired') setImmediate(() => node.list(node.gone.get(line.peerId)))
    return line
  }
})
