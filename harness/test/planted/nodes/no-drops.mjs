/** Drops a live node after a while. */
import { run } from './base.mjs'

run({
  line(line, node) {
    const victim = node.book.get('peer-of-n2')
    const isFull = node.book.size >= 3 && node.self.seq > 3
    if (line.type === 'announced' && victim !== undefined && isFull) {
      node.book.delete(victim.peerId)
      node.gone.set(victim.peerId, { ...victim, seq: victim.seq + 1e9 })
      process.stdout.write(`${JSON.stringify({ type: 'expired', peerId: victim.peerId })}\n`)
    }
    return line
  }
})
