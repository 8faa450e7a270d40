/** Gives a book that lacks everybody. */
import { run } from './base.mjs'

run({ line: line => (line.type === 'book' ? { ...line, entries: [] } : line) })
