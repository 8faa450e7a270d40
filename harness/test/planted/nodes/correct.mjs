/** Keeps every rule. */
import { run } from './base.mjs'

run()
