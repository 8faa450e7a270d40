/** Closes stdout at once and lives on; ends when stdin closes. */
import { closeSync } from 'node:fs'

closeSync(1)
process.stdin.resume().on('end', () => process.exit())
