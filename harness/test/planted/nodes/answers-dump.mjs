/** Does not answer dump. */
import { run } from './base.mjs'

run({ line: line => (line.type === 'book' ? undefined : line) })
