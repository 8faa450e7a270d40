/** Keeps whoever ends. */
import { run } from './base.mjs'

run({ drops: () => false })
