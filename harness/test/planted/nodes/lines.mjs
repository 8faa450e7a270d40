/** Writes a line that is not JSON. */
import { run } from './base.mjs'

run({ begin: () => process.stdout.write('Starting up...\n') })
