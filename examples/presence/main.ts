/** `npm run presence`: a web server and a relay for a page that shows who else has it open. Ctrl-C stops both. */
import { parseArgs, styleText } from 'node:util'
import { pageFiles } from './server/page-files.ts'
import { startRelay } from './server/relay.ts'
import { serveWeb } from './server/web.ts'

const USAGE = 'usage: npm run presence -- [--port 8080] [--host 127.0.0.1]'
const LOCALHOST = '127.0.0.1'
const MAX_PORT = 65_535

await main()

async function main(): Promise<void> {
  const { host, port } = options(process.argv.slice(2))
  const [relay, files] = await Promise.all([startRelay(), pageFiles()])
  const web = await serveWeb({ host, port, files, relayPeerId: relay.peerId, relayPort: relay.port }).catch(error =>
    exit(`${faultOf(error, host, port)} (${USAGE})`, 2)
  )
  // Before the first line is written: whoever reads it may stop the server at once.
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, async () => {
      await relay.stop()
      await web.close()
      process.exit(0)
    })
  }
  const url = urlOf(host, web.port)
  console.log(`${styleText('bold', url)} shows who has it open: try it in several tabs, windows and browsers`)
  if (!isLoopback(host)) console.log('Browsers run it over http only from localhost: put a proxy for https before it')
  console.log('Ctrl-C stops it')
}

function options(args: string[]): { host: string; port: number } {
  try {
    const { values } = parseArgs({
      args,
      options: {
        help: { type: 'boolean' },
        host: { type: 'string', default: LOCALHOST },
        port: { type: 'string', default: '8080' }
      }
    })
    if (values.help === true) exit(USAGE, 0)
    // The name may stand for ::1 as well, where pages do not look for the relay.
    return { host: values.host === 'localhost' ? LOCALHOST : values.host, port: portOf(values.port) }
  } catch (error) {
    return exit(`${(error as Error).message.split(/\n|\. /)[0]} (${USAGE})`, 2)
  }
}

/**
 * @throws {RangeError} naming the bound
 */
function portOf(text: string): number {
  const port = Number(text)
  if (/^\d+$/.test(text) && port <= MAX_PORT) return port
  throw new RangeError(`--port must be a whole number of at most ${MAX_PORT}, and is ${JSON.stringify(text)}`)
}

/** What to do about a server that cannot listen, in a line. */
function faultOf({ code, message }: NodeJS.ErrnoException, host: string, port: number): string {
  if (code === 'EADDRINUSE') return `port ${port} is in use: choose another with --port, or 0 for any that is free`
  if (code === 'EACCES') return `port ${port} may not be used by this user: choose one above 1023 with --port`
  if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND') return `${host} is no address of this machine`
  return message
}

function urlOf(host: string, port: number): string {
  const name = host === LOCALHOST ? 'localhost' : host
  return `http://${name.includes(':') ? `[${name}]` : name}:${port}`
}

function isLoopback(host: string): boolean {
  return host === '::1' || host.startsWith('127.')
}

function exit(line: string, code: number): never {
  process[code === 0 ? 'stdout' : 'stderr'].write(`${line}\n`)
  process.exit(code)
}
