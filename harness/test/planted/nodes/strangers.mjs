/** Brings up a peer that nobody is. */
import { run } from './base.mjs'

let isDone = false
run({
  joined(node) {
    if (isDone) return
    isDone = true
    const stranger = { ...node.self, peerId: 'peer-of-nobody', name: 'nobody' }
    node.list(stranger)
    node.flood(stranger)
  }
})
