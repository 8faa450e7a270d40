/** Ends as soon as it knows somebody. */
import { run } from './base.mjs'

run({
  joined() {
    process.stderr.write('heap is full\n', () => process.exit(9))
  }
})
