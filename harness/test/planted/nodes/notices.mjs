/** Drops whoever ends later than it may. */
import { later, run } from './base.mjs'

run({ drops: later(1_100) })
