/** Says no farewell. */
import { run } from './base.mjs'

run({ leave() {} })
