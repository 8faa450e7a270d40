/** Ends as it is told to on its stdin, and not on SIGTERM. */
import { run } from '../planted/nodes/base.mjs'

run({ sigterm() {} })
