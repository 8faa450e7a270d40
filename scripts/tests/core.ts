/**
 * `npm run test:core`: all tests of the core in this one process. They share nothing but tap; loading it, and the core, once
 * for each file would take three times as long.
 */
import { glob } from 'node:fs/promises'
import { join } from 'node:path'
import './properties.ts'
import { reportReadably } from './readable.ts'

const ROOT = new URL('../..', import.meta.url).pathname

await reportReadably('failed tests')
for await (const file of glob('lib/test/core/**/*.test.ts', { cwd: ROOT })) await import(join(ROOT, file))
