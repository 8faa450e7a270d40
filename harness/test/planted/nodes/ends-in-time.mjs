/** Ignores stop and the end of stdin, and ends on SIGTERM. */
import { run } from './base.mjs'

setInterval(() => {}, 1_000)
run({ stop() {}, stdinEnd() {} })
