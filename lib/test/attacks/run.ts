/**
 * Runs attacks one file after the other: for as long as the promises say, minutes each, or for seconds.
 *
 * npm run attacks -- [--short] [name ...]
 */
import { spawnSync } from 'node:child_process'
import { chosenTests } from '../chosen-tests.ts'

/** Ten nodes in one process starve on a busy host, and drop each other. An attack does harm if it does so each time. */
const TRIES = 3

const { tests, isShort } = chosenTests('attacks', new URL('.', import.meta.url))
const failed = tests.filter(({ name, file }) => !isWithstood(name, file))
for (const { name } of failed) process.stderr.write(`attacks: ${name} does harm\n`)
process.exitCode = failed.length > 0 ? 1 : 0

function isWithstood(name: string, file: string): boolean {
  for (let attempt = 1; attempt <= TRIES; attempt++) {
    process.stderr.write(`attacks: ${name}${attempt === 1 ? '' : `, attempt ${attempt}`}\n`)
    if (succeeds(file)) return true
  }
  return false
}

function succeeds(file: string): boolean {
  const env = isShort ? process.env : { ...process.env, ATTACKS: 'full' }
  const command = ['--conditions=@gossip/source', file]
  return spawnSync(process.execPath, command, { stdio: 'inherit', env }).status === 0
}
