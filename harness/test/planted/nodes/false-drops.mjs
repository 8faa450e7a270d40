/** Drops a neighbour when somebody else ends, and lists it again as soon as it hears of it. */
import { run } from './base.mjs'

run({
  line(line, node) {
    const neighbour = node.book.get('peer-of-n2')
    if (line.type === 'expired' && neighbour !== undefined) setImmediate(() => node.remove(neighbour, 'expired'))
    return line
  }
})
