/** Says ready under another name. */
import { run } from './base.mjs'

run({ ready: line => ({ ...line, node: 'somebody' }) })
