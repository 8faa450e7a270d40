/** Says ready without an address. */
import { run } from './base.mjs'

run({ ready: line => ({ ...line, addrs: [] }) })
