/** When somebody ends, drops a neighbour twice, and lists it again each time as soon as it hears of it. */
import { run } from './base.mjs'

let drops = 0

run({
  line(line, node) {
    const neighbour = node.book.get('peer-of-n2')
    const isAgain = line.type === 'joined' && line.peerId === 'peer-of-n2'
    if (neighbour !== undefined && (drops === 0 ? line.type === 'expired' : drops === 1 && isAgain)) {
      drops++
      setImmediate(() => node.remove(neighbour, 'expired'))
    }
    return line
  }
})
