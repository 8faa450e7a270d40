/** Announces a lower seq once. */
import { run } from './base.mjs'

let lines = 0
run({
  line: line => (line.type === 'announced' && ++lines === 2 ? { ...line, seq: 0 } : line)
})
