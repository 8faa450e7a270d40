/** Takes a while to list whoever starts again. */
import { run } from './base.mjs'

let backSinceMs
run({
  receive(record, node) {
    const gone = node.gone.get(record.peerId)
    if (gone === undefined || record.epoch <= gone.epoch) return record
    backSinceMs ??= Date.now()
    return Date.now() < backSinceMs + 1_500 ? undefined : record
  }
})
