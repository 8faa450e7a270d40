/** Drops whoever ends, but only after a while. */
import { later, run } from './base.mjs'

run({ drops: later(1_100) })
