/**
 * Keeps the contract, and sets a process free, as daemons do it: started by a child that ends at once, in a session of its own.
 * `PID_FILE` receives its id.
 */
import { spawnSync } from 'node:child_process'

const child = `
  const free = require('node:child_process').spawn(
    process.execPath, ['-e', 'setInterval(() => {}, 1_000)'], { detached: true, stdio: 'ignore' })
  require('node:fs').appendFileSync(process.env.PID_FILE, free.pid + '\\n')
  free.unref()
`
spawnSync(process.execPath, ['-e', child])
await import('./honest.mjs')
