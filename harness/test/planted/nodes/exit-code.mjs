/** Ends with exit code 7 when it is told to stop. */
import { run } from './base.mjs'

run({ stop: () => process.exit(7), stdinEnd: () => process.exit(7) })
