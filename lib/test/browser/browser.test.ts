/** The library in browser pages. Needs Chromium: Debian's, or the one that CHROMIUM names. */
import { createServer, type Server } from 'node:http'
import { gossipsub } from '@libp2p/gossipsub'
import { identify } from '@libp2p/identify'
import { noise } from '@libp2p/noise'
import { webSockets } from '@libp2p/websockets'
import { yamux } from '@libp2p/yamux'
import { build } from 'esbuild'
import { createLibp2p } from 'libp2p'
import type { BrowserContext, Page } from 'playwright-core'
import { type Test, test } from 'tap'
import { noBrowser, startChromium } from '../../../scripts/tests/chromium.ts'
import { PATIENCE_MS } from '../../../scripts/tests/until.ts'
import { gossipDiscovery } from '../../src/index.ts'
import { addrOf, until } from '../libp2p/nodes.ts'

test('two browser pages hold each other in their books, by way of a node that listens on WebSockets', {
  skip: noBrowser
}, async t => {
  const node = await startWebSocketNode(t)
  const origin = await serve(t, await bundle())
  const context = await launch(t)
  const asked: string[] = []
  const open = async (name: string) => {
    const page = await context.newPage()
    page.on('request', request => asked.push(new URL(request.url()).hostname))
    page.on('websocket', socket => asked.push(new URL(socket.url()).hostname))
    await page.goto(`${origin}/#${name},${addrOf(node)}`)
    return page
  }
  const alice = await open('alice')
  const bob = await open('bob')
  await untilListed(alice, ['bob', 'node'])
  await untilListed(bob, ['alice', 'node'])
  await until(() => node.services.discovery.addressBook.size === 2)

  // Longer than a ttl, so that announcements keep them listed, and nothing else.
  for (const page of [alice, bob]) await page.waitForFunction(() => window.book?.().every(({ seq }) => seq > 8))
  t.strictSame(await alice.evaluate(() => window.events), ['joined node', 'joined bob'])

  await bob.close()
  await untilListed(alice, ['node'])
  t.equal(await alice.evaluate(() => window.events?.at(-1)), 'left bob', 'its farewell has come')
  t.strictSame([...new Set(asked)], ['127.0.0.1'], 'nobody else is asked for anything')
})

test('the library bundles for a browser, and nothing of Node is left to import', async t => {
  const { metafile, warnings } = await bundle()
  t.ok(Object.keys(metafile.inputs).some(path => path.endsWith('lib/src/libp2p/service.ts')))
  t.strictSame(
    Object.values(metafile.outputs).flatMap(({ imports }) => imports),
    []
  )
  t.strictSame(warnings, [])
})

/** What page.ts puts into its window. */
declare global {
  interface Window {
    book?: () => { name: string; seq: number }[]
    events?: string[]
  }
}

async function untilListed(page: Page, names: string[]): Promise<void> {
  const isListed = (wanted: string) =>
    window
      .book?.()
      .map(({ name }) => name)
      .sort()
      .join() === wanted
  await page.waitForFunction(isListed, names.sort().join())
}

async function startWebSocketNode(t: Test) {
  const node = await createLibp2p({
    addresses: { listen: ['/ip4/127.0.0.1/tcp/0/ws'] },
    transports: [webSockets()],
    connectionEncrypters: [noise()],
    streamMuxers: [yamux()],
    services: {
      identify: identify(),
      pubsub: gossipsub(),
      discovery: gossipDiscovery({ name: 'node', announceIntervalMs: 300, maxAnnouncementsPerSecond: 100 })
    }
  })
  t.teardown(async () => await node.stop())
  return node
}

async function bundle() {
  return await build({
    entryPoints: [new URL('page.ts', import.meta.url).pathname],
    bundle: true,
    format: 'esm',
    platform: 'browser',
    conditions: ['@gossip/source'],
    write: false,
    metafile: true
  })
}

/** The address of a server that has the page and its program. */
async function serve(t: Test, { outputFiles }: Awaited<ReturnType<typeof bundle>>): Promise<string> {
  const server: Server = createServer((request, response) => {
    const isProgram = request.url === '/page.js'
    response.setHeader('content-type', isProgram ? 'text/javascript' : 'text/html')
    response.end(
      isProgram ? outputFiles[0]!.text : '<link rel="icon" href="data:,"><script type="module" src="/page.js"></script>'
    )
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  t.teardown(() => server.close())
  const { port } = server.address() as { port: number }
  return `http://127.0.0.1:${port}`
}

async function launch(t: Test): Promise<BrowserContext> {
  const browser = await startChromium()
  t.teardown(async () => await browser.close())
  const context = await browser.newContext()
  context.setDefaultTimeout(PATIENCE_MS)
  return context
}
