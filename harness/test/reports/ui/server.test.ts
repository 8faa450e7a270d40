import { get, type IncomingMessage, request } from 'node:http'
import { text } from 'node:stream/consumers'
import t, { type Test } from 'tap'
import type { HistoryEvent } from '../../../src/history/history.ts'
import { serveUi, type UiServer } from '../../../src/reports/ui/server.ts'

const page = { html: '<!doctype html><title>live</title>', policy: "default-src 'none'; connect-src 'self'" }

async function serve(t: Test, events: readonly HistoryEvent[] = []): Promise<UiServer> {
  const server = await serveUi({ port: 0, page, clock: () => ({ nowMs: 7 }) })
  for (const event of events) server.append(event)
  t.teardown(() => server.end('{}'))
  return server
}

function numbered(count: number, size = 10): HistoryEvent[] {
  return Array.from({ length: count }, (_, i) => ({
    atMs: i,
    type: 'step' as const,
    step: 'x'.repeat(size),
    state: 'begun' as const
  }))
}

async function answerTo(url: string, init: { method?: string; headers?: Record<string, string | string[]> } = {}) {
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    request(url, { agent: false, ...init }, resolve)
      .on('error', reject)
      .end()
  })
  return { status: response.statusCode, headers: response.headers, body: await text(response) }
}

/** A path as it is written, which URLs would make shorter. */
async function rawAnswerTo(url: string, path: string) {
  const { hostname: host, port } = new URL(url)
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    request({ host, port, path, agent: false }, resolve).on('error', reject).end()
  })
  return { status: response.statusCode, headers: response.headers, body: await text(response) }
}

/** Reads from when the server has begun to answer; what it sends is read until it ends the answer. */
async function readerOf({ url }: UiServer, headers: Record<string, string> = {}) {
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    get(`${url}events`, { agent: false, headers }, resolve).on('error', reject)
  })
  return async () => {
    const messages = (await text(response)).split('\n\n').filter(message => message !== '')
    const dataOf = (message: string) => JSON.parse(/^data: (.*)$/m.exec(message)![1]!)
    return {
      events: messages.filter(message => message.startsWith('id:')).flatMap(dataOf) as HistoryEvent[],
      clocks: messages.filter(message => message.startsWith('event: clock')).map(dataOf),
      ends: messages.filter(message => message.startsWith('event: end')).map(dataOf)
    }
  }
}

/** Asks for the events and takes nothing of the answer. */
async function silentReader({ url }: UiServer): Promise<IncomingMessage> {
  return await new Promise<IncomingMessage>((resolve, reject) => {
    get(`${url}events`, { agent: false }, resolve).on('error', reject)
  })
}

t.test('whoever has the address gets the page, which nothing keeps, frames or sends elsewhere', async t => {
  const { url } = await serve(t)
  t.match(url, /^http:\/\/127\.0\.0\.1:\d+\/[\w-]{32}\/$/)
  const { status, headers, body } = await answerTo(url)
  t.equal(status, 200)
  t.equal(body, page.html)
  t.match(headers, {
    'content-type': 'text/html; charset=utf-8',
    'content-security-policy': page.policy,
    'cache-control': 'no-store',
    'referrer-policy': 'no-referrer',
    'x-content-type-options': 'nosniff',
    'x-frame-options': 'DENY',
    'cross-origin-resource-policy': 'same-origin'
  })
  t.notOk(Object.keys(headers).some(name => name.startsWith('access-control')))
})

t.test('two runs have two tokens', async t => {
  const [one, other] = [await serve(t), await serve(t)]
  t.not(new URL(one.url).pathname, new URL(other.url).pathname)
  t.equal((await answerTo(new URL(new URL(other.url).pathname, one.url).href)).status, 404)
})

t.test('without the token, or with something added to it, there is nothing', async t => {
  const { url } = await serve(t)
  const { origin, pathname } = new URL(url)
  const token = pathname.slice(1, -1)
  const paths = [
    '/',
    `/${token}`,
    `/${token}x/`,
    `/${token.slice(0, -1)}/`,
    `/${token.slice(0, -1)}${token.endsWith('A') ? 'B' : 'A'}/`,
    `/${token}/events/`,
    `/${token}/events?x`,
    `/${token}/constructor`,
    `/${token}/__proto__`,
    `/${token}/report.html`,
    `/${token}/../${token}/x`,
    `//${token}/`,
    `/${'x'.repeat(5_000)}/`,
    '/favicon.ico'
  ]
  for (const path of paths) {
    const { status, body, headers } = await rawAnswerTo(origin, path)
    t.match({ status, body }, { status: 404, body: '' }, path.slice(0, 80))
    t.equal(headers['cache-control'], 'no-store')
  }
})

t.test('a name that leads here is refused, and so is a page of another site', async t => {
  const { url } = await serve(t)
  const { host, port, origin } = new URL(url)
  for (const headers of [
    { host: `evil.example:${port}` },
    { host: `localhost:${port}` },
    { host: '127.0.0.1' },
    { host: `127.0.0.1.evil.example:${port}` },
    { host, origin: 'https://evil.example' },
    { host, origin: 'null' },
    { host, origin: `http://localhost:${port}` },
    { host, origin: `https://127.0.0.1:${port}` }
  ]) {
    for (const path of ['', 'events']) {
      const { status, body } = await answerTo(`${url}${path}`, { headers })
      t.match({ status, body }, { status: 403, body: '' }, JSON.stringify(headers))
    }
  }
  t.equal((await answerTo(url, { headers: { host, origin } })).status, 200)
})

t.test('nothing can be sent to it', async t => {
  const { url } = await serve(t)
  for (const method of ['POST', 'PUT', 'DELETE', 'OPTIONS', 'HEAD'])
    t.equal((await answerTo(url, { method })).status, 405)
})

t.test('other addresses of this host do not answer', async t => {
  const { url } = await serve(t)
  await t.rejects(answerTo(url.replace('127.0.0.1', '127.0.0.2')), { code: 'ECONNREFUSED' })
})

t.test('a page that is opened late gets all, then what comes, and in the end the last word', async t => {
  const server = await serve(t, numbered(3))
  const read = await readerOf(server)
  for (const event of numbered(2)) server.append(event)
  await Promise.all([read(), server.end('{"verdict":"PASS"}')]).then(([{ events, clocks, ends }]) => {
    t.same(events, [...numbered(3), ...numbered(2)])
    t.match(clocks, [{ nowMs: 7 }])
    t.same(ends, [{ verdict: 'PASS' }])
  })
  await t.rejects(answerTo(server.url), { code: 'ECONNREFUSED' }, 'and then nobody answers')
})

t.test('a page whose connection broke goes on where it was', async t => {
  const server = await serve(t, numbered(5))
  const [resumed, odd] = [
    await readerOf(server, { 'last-event-id': '3' }),
    await readerOf(server, { 'last-event-id': '-1' })
  ]
  const reading = Promise.all([resumed(), odd()])
  await server.end('{}')
  const [some, all] = await reading
  t.same(some.events, numbered(5).slice(3))
  t.same(all.events, numbered(5))
})

t.test('a history of megabytes comes in pieces, all of it before the end', async t => {
  const server = await serve(t, numbered(20_000, 400))
  const read = await readerOf(server)
  const reading = read()
  await server.end('{}')
  const { events, ends } = await reading
  t.equal(events.length, 20_000)
  t.equal(ends.length, 1)
})

t.test('a reader that takes nothing costs no memory, and is left behind in the end', async t => {
  const server = await serve(t)
  const silent = await silentReader(server)
  const closed = new Promise<void>(resolve => silent.on('error', () => {}).on('close', () => resolve()))
  const step = 'x'.repeat(100_000)
  const before = process.memoryUsage().external
  for (let i = 0; i < 1_000; i++) server.append({ atMs: i, type: 'step', step, state: 'begun' })
  await server.end('{}')
  t.ok(process.memoryUsage().external - before < 20e6, 'of 100 MB')
  silent.resume()
  await closed
  t.equal(silent.complete, false)
})

t.test('more readers than a person has windows are refused', async t => {
  const server = await serve(t)
  const readers = await Promise.all(Array.from({ length: 8 }, () => silentReader(server)))
  t.teardown(() => readers.map(reader => reader.destroy()))
  t.equal((await answerTo(`${server.url}events`)).status, 503)
  t.equal((await answerTo(server.url)).status, 200)
})

t.test('a port that is taken is refused by its number', async t => {
  const { url } = await serve(t)
  const port = Number(new URL(url).port)
  await t.rejects(serveUi({ port, page, clock: () => ({ nowMs: 0 }) }), {
    name: 'UiPortError',
    message: new RegExp(`^--ui-port ${port} cannot be had: something else uses it; `)
  })
})
