/** Never says ready, and does nothing else. */
import { run } from './base.mjs'

run({ ready: () => undefined, line: () => undefined, send: () => undefined })
