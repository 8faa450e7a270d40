/**
 * Runs the tests of what must not happen in ten minutes, or in seconds: a process each, side by side.
 *
 * npm run endurance -- [--short] [name ...]
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chosenTests } from '../chosen-tests.ts'
import { UP } from './toolkit/up.ts'

const { tests, isShort } = chosenTests('endurance', new URL('.', import.meta.url))
/** All networks share the host: a start may take ten times as long as alone. */
const env = { PATIENCE_MS: '600000', ...process.env, ...(!isShort && { ENDURANCE: 'full' }) }
const running: Promise<boolean>[] = []
for (const { name, file } of tests) {
  process.stderr.write(`endurance: starts ${name}\n`)
  const { isUp, holds } = run(file)
  running.push(holds)
  await isUp
}
const held = await Promise.all(running)
const failed = tests.filter((_, index) => !held[index])
for (const { name } of failed) process.stderr.write(`endurance: ${name} does not hold\n`)
process.exitCode = failed.length > 0 ? 1 : 0

/** Its output comes in one piece, when it has ended: those of several would mix. */
function run(file: string): { isUp: Promise<unknown>; holds: Promise<boolean> } {
  const command = ['--conditions=@gossip/source', file]
  const program = spawn(process.execPath, command, { stdio: ['ignore', 'pipe', 'inherit'], env })
  const ended = once(program, 'close')
  const up = Promise.withResolvers<void>()
  let output = ''
  program.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text
    if (output.includes(UP)) up.resolve()
  })
  const holds = ended.then(([status]) => {
    process.stdout.write(output)
    return status === 0
  })
  // A start is much work: two at once, and both starve.
  return { isUp: Promise.race([up.promise, ended]), holds }
}
