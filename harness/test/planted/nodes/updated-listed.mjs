/** Says updated where it should say joined. */
import { run } from './base.mjs'

run({ line: line => (line.type === 'joined' ? { ...line, type: 'updated' } : line) })
