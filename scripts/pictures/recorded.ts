/** What a command of the testbed leaves on a terminal. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import serialize from '@xterm/addon-serialize'
import xterm from '@xterm/headless'
import { root, userEnv } from '../packages/run.ts'

const COLUMNS = 100
const ROWS = 50

/** Longer than a run of ten nodes takes on a busy host. */
const TIMEOUT_MS = 180_000

const CLI = `${process.execPath} --conditions=@gossip/source ${join(root, 'harness/src/cli/bin.ts')}`

/** A host without time to spare makes a run unknown: it is tried again so often. */
const ATTEMPTS = 5

/**
 * Runs a command that fails in a folder, with a terminal, and resolves to what is on its screen at the end, as HTML.
 *
 * @throws {Error} when there is no terminal to be had, or no run failed with a verdict
 */
export async function recorded(command: string, folder: string): Promise<string> {
  for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
    const { code, screen } = await runOnce(command, folder)
    if (code === 1) return screen
    console.error(
      `attempt ${attempt} of ${ATTEMPTS}: the run ended with exit code ${code}, and should have failed with 1`
    )
  }
  throw new Error('no run failed as it should: try again on a host that has time to spare')
}

async function runOnce(command: string, folder: string): Promise<{ code: unknown; screen: string }> {
  const line = command.replace('npx test-network', CLI)
  const shell = `stty columns ${COLUMNS} rows ${ROWS} && exec ${line}`
  const { CI: _, NO_COLOR: __, FORCE_COLOR: ___, ...rest } = userEnv
  const env = { ...rest, TERM: 'xterm-256color' }
  const child = spawn('script', ['-qefc', shell, '/dev/null'], {
    ...{ cwd: folder, env, timeout: TIMEOUT_MS },
    stdio: ['ignore', 'pipe', 'inherit']
  })
  const terminal = new xterm.Terminal({ cols: COLUMNS, rows: ROWS, scrollback: 0, allowProposedApi: true })
  child.stdout.on('data', (bytes: Uint8Array) => terminal.write(bytes))
  const [code] = await once(child, 'close')
  await new Promise<void>(resolve => terminal.write('', resolve))
  const serializer = new serialize.SerializeAddon()
  terminal.loadAddon(serializer)
  return { code, screen: serializer.serializeAsHTML({ includeGlobalBackground: false }) }
}
