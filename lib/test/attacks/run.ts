/**
 * Runs attacks for as long as the promises say, one file after the other: minutes each, where `npm test` takes seconds.
 *
 * npm run attacks -- [name ...]
 */
import { spawnSync } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const folder = fileURLToPath(new URL('.', import.meta.url))
const END = '.test.ts'

const known = readdirSync(folder)
  .filter(file => file.endsWith(END))
  .map(file => file.slice(0, -END.length))
  .sort()
const named = process.argv.slice(2)
const unknown = named.find(name => !known.includes(name))
if (unknown !== undefined) {
  process.stderr.write(`attacks: there is no ${JSON.stringify(unknown)}; there are ${known.join(', ')}\n`)
  process.exit(2)
}
const failed = (named.length > 0 ? named : known).filter(name => !isWithstood(name))
for (const name of failed) process.stderr.write(`attacks: ${name} does harm\n`)
process.exitCode = failed.length > 0 ? 1 : 0

function isWithstood(name: string): boolean {
  process.stderr.write(`attacks: ${name}\n`)
  const args = ['--conditions=@gossip/source', `${folder}${name}${END}`]
  return spawnSync(process.execPath, args, { stdio: 'inherit', env: { ...process.env, ATTACKS: 'full' } }).status === 0
}
