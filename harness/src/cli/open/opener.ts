/** The program of the desktop that opens a file. */
import { spawn } from 'node:child_process'
import { setTimeout as after } from 'node:timers/promises'
import { pathToFileURL } from 'node:url'

/** An opener that fails does so at once; one that goes on is the browser itself. */
const PATIENCE_MS = 3_000

export interface OpenerOptions {
  readonly env?: NodeJS.ProcessEnv
  /** How long an opener may take to fail. */
  readonly patienceMs?: number
}

/**
 * Opens a file in the browser, which goes on when this program ends.
 *
 * @param path - absolute
 * @returns why it could not be opened, in words that follow a colon; undefined if it was
 */
export async function openInBrowser(path: string, options: OpenerOptions = {}): Promise<string | undefined> {
  const { env = process.env, patienceMs = PATIENCE_MS } = options
  const opener = openerFor(path, env)
  if (typeof opener === 'string') return opener
  const [program, ...args] = opener
  const child = spawn(program, args, { stdio: 'ignore', detached: true, env })
  child.unref()
  const patience = new AbortController()
  const ended = new Promise<string | undefined>(resolve => {
    child.once('error', ({ code, message }: NodeJS.ErrnoException) =>
      resolve(code === 'ENOENT' ? `${program} is not there` : `${program}: ${message}`)
    )
    child.once('exit', code => resolve(code === 0 ? undefined : `${program} ended with ${code ?? 'a signal'}`))
  })
  const goesOn = after(patienceMs, undefined, { signal: patience.signal }).catch(() => undefined)
  const refused = await Promise.race([ended, goesOn])
  patience.abort()
  return refused
}

/** Its words, or why there is none. */
function openerFor(path: string, env: NodeJS.ProcessEnv): [program: string, ...args: string[]] | string {
  switch (process.platform) {
    case 'darwin':
      return ['open', path]
    case 'win32':
      return ['rundll32', 'url.dll,FileProtocolHandler', pathToFileURL(path).href]
    default:
      return hasDisplay(env) ? ['xdg-open', path] : 'there is no display'
  }
}

/** Or a browser that needs none, which xdg-open finds by this name. */
function hasDisplay({ DISPLAY, WAYLAND_DISPLAY, BROWSER }: NodeJS.ProcessEnv): boolean {
  return [DISPLAY, WAYLAND_DISPLAY, BROWSER].some(value => value !== undefined && value !== '')
}
