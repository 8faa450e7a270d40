/**
 * Who may read the live page. It is served on the loopback interface, where every page in the user's browser and every program
 * of every user can knock: only whoever was told the token gets an answer.
 */
import { hash, randomBytes, timingSafeEqual } from 'node:crypto'
import type { IncomingMessage } from 'node:http'

/** What may be asked for below the token. */
export type Asset = 'page' | 'events'

export interface Refusal {
  readonly status: 403 | 404 | 405
}

const PATHS: Readonly<Record<string, Asset>> = { '': 'page', events: 'events' }

/** 24 random bytes: nobody guesses them while a run lasts. */
export function newToken(): string {
  return randomBytes(24).toString('base64url')
}

/**
 * What a request is for, or why it is refused. A name that leads here (DNS rebinding) shows in `Host`, another site in `Origin`;
 * neither learns whether its token was right.
 */
export function admit(request: IncomingMessage, { token, port }: { token: string; port: number }): Asset | Refusal {
  const host = `127.0.0.1:${port}`
  const { host: hosts = [], origin: origins = [] } = request.headersDistinct
  if (hosts.length !== 1 || hosts[0] !== host) return { status: 403 }
  if (origins.some(origin => origin !== `http://${host}`)) return { status: 403 }
  if (request.method !== 'GET') return { status: 405 }
  const [root, given, name, ...rest] = (request.url ?? '').split('/')
  if (root !== '' || given === undefined || !isSame(given, token)) return { status: 404 }
  const asset = rest.length === 0 && name !== undefined && Object.hasOwn(PATHS, name) ? PATHS[name] : undefined
  return asset ?? { status: 404 }
}

/** In the same time, however much of it is right and however long it is. */
function isSame(given: string, token: string): boolean {
  return timingSafeEqual(hash('sha256', given, 'buffer'), hash('sha256', token, 'buffer'))
}

/** Of every answer, refusals included: it is not kept, not framed, not guessed about, and its address is told to nobody. */
export const HEADERS: Readonly<Record<string, string>> = {
  'Cache-Control': 'no-store',
  'Referrer-Policy': 'no-referrer',
  'X-Content-Type-Options': 'nosniff',
  'X-Frame-Options': 'DENY',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Cross-Origin-Opener-Policy': 'same-origin'
}
