/** Says joined where it should say updated. */
import { run } from './base.mjs'

run({ line: line => (line.type === 'updated' ? { ...line, type: 'joined' } : line) })
