/** What our node program tells its operator: on stderr, since stdout is for the harness. */
import { spawn } from 'node:child_process'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { test } from 'tap'

const program = fileURLToPath(new URL('../../src/node/main.ts', import.meta.url))
const CLOCK_NEVER_SET = ['--import', 'data:text/javascript,Date.now=()=>0']

test('a warning is a line on stderr, and stdout holds lines of the contract only', async t => {
  const { stdout, stderr } = await run(CLOCK_NEVER_SET)
  t.match(stderr, /^warning: cannot-announce: the clock shows 1970-01-01T/)
  for (const line of stdout.trim().split('\n')) t.ok(JSON.parse(line).type)
})

test('a node that has nothing to warn of is silent on stderr', async t => {
  const { stdout, stderr } = await run([])
  t.match(stdout, /^\{"type":"ready"/)
  t.equal(stderr, '')
})

/** A node that is told to stop as soon as it is ready. */
async function run(nodeArgs: string[]): Promise<{ stdout: string; stderr: string }> {
  const args = ['--conditions=@gossip/source', ...nodeArgs, program]
  const child = spawn(process.execPath, args, { timeout: 60_000 })
  child.stdout.once('data', () => child.stdin.end('{"type":"stop"}\n'))
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)])
  return { stdout, stderr }
}
