/** Starts a process in a session of its own, and leaves it behind. */
import { spawn } from 'node:child_process'
import { run } from './base.mjs'

run({
  begin: () => spawn('sleep', ['60'], { detached: true, stdio: 'ignore' }).unref()
})
