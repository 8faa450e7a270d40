/** Ignores whatever tells it to end. */
import { run } from './base.mjs'

setInterval(() => {}, 1_000)
run({ stop() {}, stdinEnd() {}, sigterm() {} })
