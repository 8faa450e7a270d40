/** Keeps the contract, and starts a process that holds its pipes and ignores everything; `PID_FILE` receives its id. */
import { spawn } from 'node:child_process'
import { appendFileSync } from 'node:fs'

const ignore = "process.on('SIGTERM', () => {}); process.on('SIGHUP', () => {}); setInterval(() => {}, 1_000)"
const child = spawn(process.execPath, ['-e', ignore], { stdio: ['ignore', 'inherit', 'inherit'] })
appendFileSync(process.env.PID_FILE, `${child.pid}\n`)
await import('./honest.mjs')
