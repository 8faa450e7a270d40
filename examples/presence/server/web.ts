/** One port for everything: the page, and the WebSockets of the relay behind it. So a proxy for https has one address to forward to. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import type { Duplex } from 'node:stream'
import { RELAY_PATH } from '../network.ts'

/** A file of the page: its type and content. */
export interface WebFile {
  readonly type: string
  readonly content: string | Uint8Array
}

export interface WebInit {
  readonly host: string
  /** 0 for any that is free. */
  readonly port: number
  /** By path, such as `/style.css`. */
  readonly files: ReadonlyMap<string, WebFile>
  readonly relayPeerId: string
  /** Where the relay listens on this machine. */
  readonly relayPort: number
}

export interface Web {
  readonly port: number
  /** Ends the server and every connection to it. */
  readonly close: () => Promise<void>
}

/** The page loads nothing from elsewhere, and no other page frames it. */
const HEADERS = {
  'content-security-policy':
    "default-src 'self'; connect-src 'self' ws: wss:; img-src 'self' data:; base-uri 'none'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cache-control': 'no-cache'
}

/**
 * Resolves once the server listens.
 *
 * @throws {Error} with the system's `code`, such as `EADDRINUSE`
 */
export async function serveWeb({ host, port, files, relayPeerId, relayPort }: WebInit): Promise<Web> {
  const relayFile = { type: 'application/json', content: JSON.stringify({ peerId: relayPeerId }) }
  const all = new Map([...files, [RELAY_PATH, relayFile]])
  const server = createServer((request, response) => answer(all, request, response))
  server.on('upgrade', (request, socket, head) => handOver(request, socket, head, relayPort))
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, resolve)
  })
  return {
    port: (server.address() as AddressInfo).port,
    close: async () => {
      const closed = new Promise(resolve => server.close(resolve))
      server.closeAllConnections()
      await closed
    }
  }
}

function answer(
  files: ReadonlyMap<string, WebFile>,
  { url = '/', method }: IncomingMessage,
  response: ServerResponse
): void {
  const file = files.get(url.split('?')[0]!)
  if (method !== 'GET' && method !== 'HEAD') response.writeHead(405, HEADERS).end()
  else if (file === undefined) response.writeHead(404, HEADERS).end()
  else {
    response.writeHead(200, { ...HEADERS, 'content-type': file.type })
    response.end(method === 'HEAD' ? undefined : file.content)
  }
}

/** A WebSocket of a page becomes one of the relay: the request as it came, then whatever either side sends. */
function handOver(
  { method, url, rawHeaders }: IncomingMessage,
  page: Duplex,
  head: Uint8Array,
  relayPort: number
): void {
  const relay = connect(relayPort, '127.0.0.1')
  const headers = rawHeaders.flatMap((name, i) => (i % 2 === 0 ? [`${name}: ${rawHeaders[i + 1]}`] : []))
  relay.write([`${method} ${url} HTTP/1.1`, ...headers, '', ''].join('\r\n'))
  relay.write(head)
  page.pipe(relay).pipe(page)
  for (const [end, other] of [
    [page, relay],
    [relay, page]
  ] as const) {
    end.on('error', () => other.destroy())
    // What was sent before still arrives, a farewell for example.
    end.on('close', () => other.end())
  }
}
