/** Says that it can set its clock, and does not. */
import { run } from './base.mjs'

run({ setClock: (_offsetMs, node) => node.setClock(0) })
