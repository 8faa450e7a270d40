/**
 * Runs attacks one file after the other: for as long as the promises say, minutes each, or for seconds.
 *
 * npm run attacks -- [--short] [name ...]
 */
import { spawnSync } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/** Ten nodes in one process starve on a busy host, and drop each other. An attack does harm if it does so each time. */
const TRIES = 3

const folder = fileURLToPath(new URL('.', import.meta.url))
const END = '.test.ts'

const known = readdirSync(folder)
  .filter(file => file.endsWith(END))
  .map(file => file.slice(0, -END.length))
  .sort()
const args = process.argv.slice(2)
const isShort = args.includes('--short')
const named = args.filter(arg => arg !== '--short')
const unknown = named.find(name => !known.includes(name))
if (unknown !== undefined) {
  process.stderr.write(`attacks: there is no ${JSON.stringify(unknown)}; there are ${known.join(', ')}\n`)
  process.exit(2)
}
const failed = (named.length > 0 ? named : known).filter(name => !isWithstood(name))
for (const name of failed) process.stderr.write(`attacks: ${name} does harm\n`)
process.exitCode = failed.length > 0 ? 1 : 0

function isWithstood(name: string): boolean {
  for (let attempt = 1; attempt <= TRIES; attempt++) {
    process.stderr.write(`attacks: ${name}${attempt === 1 ? '' : `, attempt ${attempt}`}\n`)
    if (succeeds(name)) return true
  }
  return false
}

function succeeds(name: string): boolean {
  const env = isShort ? process.env : { ...process.env, ATTACKS: 'full' }
  const command = ['--conditions=@gossip/source', `${folder}${name}${END}`]
  return spawnSync(process.execPath, command, { stdio: 'inherit', env }).status === 0
}
