/** Serves the live page of one run, to this host alone, for as long as the run lasts. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { HistoryEvent } from '../../history/history.ts'
import { Feed, type FeedOptions } from './feed.ts'
import { admit, HEADERS, newToken } from './gate.ts'

export interface UiOptions extends FeedOptions {
  /** 0: any that is free. */
  readonly port: number
  readonly page: { readonly html: string; readonly policy: string }
}

export interface UiServer {
  /** Holds the token: for the user's eyes, and for no file. */
  readonly url: string
  append(event: HistoryEvent): void
  /**
   * Sends those who read the rest and a last message, and closes; settles after 2 s, whatever readers do. A second call does
   * nothing.
   *
   * @param message - JSON
   */
  end(message: string): Promise<void>
}

/** The message says in one line what was wrong and what would be right. */
export class UiPortError extends Error {
  override name = 'UiPortError'
}

/** More than readers need, and few enough to be no burden. */
const MAX_CONNECTIONS = 32
const MAX_HEADER_BYTES = 8_192

/**
 * The server never keeps the process alive.
 *
 * @throws {UiPortError} when the port cannot be had
 */
export async function serveUi(options: UiOptions): Promise<UiServer> {
  const token = newToken()
  const feed = new Feed(options)
  const server = createServer({ maxHeaderSize: MAX_HEADER_BYTES }, (request, response) => {
    const { port } = server.address() as AddressInfo
    answer(request, response, { feed, options, token, port })
  })
  server.maxConnections = MAX_CONNECTIONS
  server.on('connection', socket => socket.unref())
  server.on('clientError', (_, socket) => socket.destroy())
  await listen(server, options.port)
  server.unref()
  let isOver = false
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/${token}/`,
    append: event => feed.append(event),
    async end(message) {
      if (isOver) return
      isOver = true
      server.close()
      await feed.end(message)
      server.closeAllConnections()
    }
  }
}

async function listen(server: Server, port: number): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    const refuse = ({ code, message }: NodeJS.ErrnoException) => {
      const why = code === 'EADDRINUSE' ? 'something else uses it' : message
      reject(new UiPortError(`--ui-port ${port} cannot be had: ${why}; without --ui-port any that is free is taken`))
    }
    server.once('error', refuse)
    server.listen(port, '127.0.0.1', () => {
      server.off('error', refuse)
      resolve()
    })
  })
}

interface Service {
  readonly feed: Feed
  readonly options: UiOptions
  readonly token: string
  readonly port: number
}

function answer(request: IncomingMessage, response: ServerResponse, { feed, options, token, port }: Service): void {
  response.on('error', () => {})
  for (const [name, value] of Object.entries(HEADERS)) response.setHeader(name, value)
  const asked = admit(request, { token, port })
  if (typeof asked !== 'string') {
    response.writeHead(asked.status, { 'Content-Security-Policy': NOTHING }).end()
  } else if (asked === 'page') {
    const headers = { 'Content-Type': 'text/html; charset=utf-8', 'Content-Security-Policy': options.page.policy }
    response.writeHead(200, headers).end(options.page.html)
  } else if (feed.isFull) {
    response.writeHead(503, { 'Content-Security-Policy': NOTHING }).end()
  } else {
    response.writeHead(200, { 'Content-Type': 'text/event-stream', 'Content-Security-Policy': NOTHING })
    feed.add(response, placeIn(request))
  }
}

const NOTHING = "default-src 'none'"

/** Where a reader whose connection broke goes on. */
function placeIn({ headers }: IncomingMessage): number {
  const id = headers['last-event-id']
  return typeof id === 'string' && /^\d{1,9}$/.test(id) ? Number(id) : 0
}
