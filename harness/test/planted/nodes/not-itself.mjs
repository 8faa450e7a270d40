/** Lists itself in its book. */
import { run } from './base.mjs'

run({
  line: (line, node) => (line.type === 'book' ? { ...line, entries: [...line.entries, node.self] } : line)
})
