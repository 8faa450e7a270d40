/** The presence example as people use it: its server in a process, and pages in Chromium. */
import type { Browser } from 'playwright-core'
import { type Test, test } from 'tap'
import { noBrowser, startChromium } from '../../scripts/tests/chromium.ts'
import { until } from '../../scripts/tests/until.ts'
import { PACE } from '../presence/network.ts'
import { Tab, untilAllList } from './presence/browser.ts'
import { takesAtMost } from './presence/figure.ts'
import { startObserver } from './presence/observer.ts'
import { restartServer, startServer } from './presence/server.ts'
import { Program } from './program.ts'

const ANNOUNCEMENTS_OF_TWO_TTLS = (2 * PACE.entryTtlMs) / PACE.announceIntervalMs

const inBrowser = { skip: noBrowser }

test(
  'three pages list each other, with what each says of itself, and each has a direct link to another',
  inBrowser,
  async t => {
    const { url, browser } = await presence(t)
    const [alice, bob] = await open(browser, url, 'Alice', 'Bob')
    await untilAllList(alice!, bob!)
    let cid: Tab | undefined
    await takesAtMost(t, 'three pages list each other', 3_000, async () => {
      cid = await Tab.open(browser, url, 'Cid')
      await untilAllList(alice!, bob!, cid)
    })

    await bob!.page.check('input[value=busy]')
    await bob!.page.fill('input[name=note]', 'writing')
    await bob!.page.keyboard.press('Enter')
    await until(async () => (await statusOf(alice!, 'Bob')) === 'Busy · writing')
    await bob!.page.fill('input[name=name]', 'Robert')
    await bob!.page.keyboard.press('Tab')
    await alice!.untilLists('Robert', 'Cid')
    await until(async () => (await statusOf(cid!, 'Robert')) === 'Busy · writing')

    // On a starved machine WebRTC gives up now and then; a page with too few direct links tries again.
    for (const tab of [alice!, bob!, cid!]) {
      await until(async () => (await linksOf(tab)).includes('direct'))
      await until(async () => !(await linksOf(tab)).includes('heard of'))
    }
    t.same(await alice!.gone(), [], 'who changes the name has not left')
    t.same(faultsOf(alice!, bob!, cid!), [])
  }
)

test(
  'pages that cannot open WebRTC reach each other through the relay, and through the next one',
  inBrowser,
  async t => {
    const { server, url, browser } = await presence(t)
    const script = () => {
      RTCPeerConnection.prototype.createOffer = async () => {
        throw new Error('no WebRTC here')
      }
    }
    const [alice, bob] = [
      await Tab.open(browser, url, 'Alice', { script }),
      await Tab.open(browser, url, 'Bob', { script })
    ]
    await untilAllList(alice, bob)
    const untilRelayed = async () => {
      for (const tab of [alice, bob]) await until(async () => (await linksOf(tab)).join() === 'relayed')
    }
    await untilRelayed()
    const lost = [alice, bob].map(async tab => await tab.untilSays(/^The relay does not answer/))
    await restartServer(t, server)
    await Promise.all(lost)
    await untilRelayed()
    t.same(faultsOf(alice, bob), [])
  }
)

test('two pages that met through the relay are linked directly', inBrowser, async t => {
  const { url, browser } = await presence(t)
  const tabs = await open(browser, url, 'Alice', 'Bob')
  await untilAllList(...tabs)
  for (const tab of tabs) await until(async () => (await linksOf(tab)).join() === 'direct')
  t.same(faultsOf(...tabs), [])
})

test('a tab that is closed says farewell, one that is killed is noticed', inBrowser, async t => {
  const { url, browser } = await presence(t)
  const [alice, bob, cid] = await open(browser, url, 'Alice', 'Bob', 'Cid')
  await untilAllList(alice!, bob!, cid!)
  await takesAtMost(t, 'a tab that is closed is gone', 1_500, async () => {
    await Promise.all([cid!.page.close(), untilAllList(alice!, bob!)])
  })
  for (const tab of [alice!, bob!]) t.same(await tab.gone(), ['Cid left'])

  const dan = await Tab.open(browser, url, 'Dan')
  await untilAllList(alice!, bob!, dan)
  await takesAtMost(t, 'a tab whose process is killed is gone', 5_000, async () => {
    await Promise.all([dan.kill(), untilAllList(alice!, bob!)])
  })
  for (const tab of [alice!, bob!]) t.same(await tab.gone(), ['Dan lost', 'Cid left'])
})

test('a tab that is closed while the relay is away says farewell over WebRTC', inBrowser, async t => {
  // A browser that gets no processor time ends a channel before it has sent what it was given: that shows nothing.
  let gone: string[] = []
  for (let attempt = 1; attempt <= 3 && gone.join() !== 'Bob left'; attempt++) gone = await goneWithoutRelay(t)
  t.same(gone, ['Bob left'])
})

/** What Alice says became of Bob, whose tab is closed while the relay is away. */
async function goneWithoutRelay(t: Test): Promise<string[]> {
  const { server, url, browser } = await presence(t)
  const [alice, bob] = await open(browser, url, 'Alice', 'Bob')
  await untilAllList(alice!, bob!)
  for (const tab of [alice!, bob!]) await until(async () => (await linksOf(tab)).join() === 'direct')
  server.program.signal('SIGKILL')
  await alice!.untilSays(/^The relay does not answer/)
  await bob!.page.close()
  await alice!.untilLists()
  return await alice!.gone()
}

test('a page that is left by a link says farewell, and is another run when it comes back', inBrowser, async t => {
  const { url, browser } = await presence(t)
  const [alice, bob] = await open(browser, url, 'Alice', 'Bob')
  await untilAllList(alice!, bob!)
  const said = await leavesAndReturns(bob!, alice!, {
    leave: async () => await bob!.page.goto('about:blank'),
    return: async () => await bob!.page.goBack()
  })
  t.same(said, ['Bob left'])
  t.same(await alice!.gone(), [], 'who is back has not left')
})

test('a tab that the browser freezes has left, and is back when it goes on', inBrowser, async t => {
  const { url, browser } = await presence(t)
  const [alice, bob] = await open(browser, url, 'Alice', 'Bob')
  await untilAllList(alice!, bob!)
  const said = await leavesAndReturns(bob!, alice!, {
    leave: async () => await bob!.page.evaluate(() => document.dispatchEvent(new Event('freeze'))),
    return: async () => await bob!.page.evaluate(() => document.dispatchEvent(new Event('resume')))
  })
  t.same(said, ['Bob left'])
})

test('a tab in the background whose timers do not fire stays listed', inBrowser, async t => {
  const { url, browser } = await presence(t)
  const alice = await Tab.open(browser, url, 'Alice')
  const bob = await Tab.open(browser, url, 'Bob', { script: stopTimersOnDemand })
  await untilAllList(alice, bob)
  await bob.page.evaluate(() => window.dispatchEvent(new Event('stop-timers')))
  const cid = await Tab.open(browser, url, 'Cid')
  await untilAllList(alice, bob, cid)
  const observer = await startObserver(t, url)
  const announcementsOfBob = () => [...observer.addressBook].find(({ name }) => name === 'Bob')?.seq ?? 0
  await until(() => announcementsOfBob() > 0)
  const before = announcementsOfBob()
  await until(() => announcementsOfBob() >= before + ANNOUNCEMENTS_OF_TWO_TTLS)
  t.same([...(await alice.gone()), ...(await cid.gone())], [])
  await untilAllList(alice, bob, cid)
})

test('the relay starts again as another peer, and all pages list each other without a reload', inBrowser, async t => {
  const { server, url, browser } = await presence(t)
  const [alice, bob, cid] = await open(browser, url, 'Alice', 'Bob', 'Cid')
  await untilAllList(alice!, bob!, cid!)
  const lost = [alice!, bob!, cid!].map(async tab => await tab.untilSays(/^The relay does not answer/))
  await restartServer(t, server)
  await Promise.all(lost)
  await takesAtMost(t, 'all pages and a new one list each other', 15_000, async () => {
    await untilAllList(alice!, bob!, cid!, await Tab.open(browser, url, 'Dan'))
  })
  for (const tab of [alice!, bob!, cid!]) t.equal(await tab.page.textContent('#relay'), 'Connected')
  t.same(faultsOf(alice!, bob!, cid!), [])
})

test('names are bounded, and control characters are never shown', inBrowser, async t => {
  const { url, browser } = await presence(t)
  const [alice, bob] = await open(browser, url, 'Alice', 'Bob')
  await untilAllList(alice!, bob!)
  await bob!.page.fill('input[name=name]', `\u202ebob\u0007 ${'é'.repeat(58)}`)
  await bob!.page.keyboard.press('Enter')
  await until(async () => (await alice!.names()).join() !== 'Bob')
  const [name] = await alice!.names()
  t.equal(name, `bob ${'é'.repeat(30)}`, '64 bytes')
  await bob!.page.fill('input[name=name]', '   ')
  await bob!.page.keyboard.press('Tab')
  t.equal(await bob!.page.inputValue('input[name=name]'), name, 'blanks are no name')
  t.same(faultsOf(alice!, bob!), [])
})

test('the server stops at Ctrl-C, and frees its port', async t => {
  const { program, port } = await startServer(t)
  program.signal('SIGINT')
  t.equal(await program.exitCode(), 0)
  t.equal(program.stderr, '')
  await startServer(t, port)
})

test('the address that is printed is the one that it listens on', async t => {
  for (const [host, url] of [
    ['localhost', 'http://localhost:'],
    ['127.0.0.9', 'http://127.0.0.9:'],
    ['::1', 'http://[::1]:']
  ] as const) {
    const program = new Program(t, 'presence/main.ts', '--port', '0', '--host', host)
    const [printed] = await program.says(/^http:\/\/\S+/m)
    t.ok(printed.startsWith(url), printed)
    t.equal((await fetch(printed)).status, 200)
  }
})

test('a port that is in use is named in one line', async t => {
  const { port } = await startServer(t)
  const program = new Program(t, 'presence/main.ts', '--port', String(port))
  t.equal(await program.exitCode(), 2)
  t.match(program.stderr, new RegExp(`^port ${port} is in use: choose another with --port, .* \\(usage: .*\\)\n$`))
  t.equal(program.stdout, '')
})

for (const [what, args, line] of [
  ['a port of nonsense', ['--port', 'x'], /^--port must be a whole number of at most 65535, and is "x" \(usage: /],
  ['a port that is none', ['--port', '70000'], /^--port must be a whole number of at most 65535, /],
  ['an unknown option', ['--loud'], /^Unknown option '--loud' \(usage: npm run presence -- /],
  [
    'a host elsewhere',
    ['--port', '0', '--host', '192.0.2.99'],
    /^192\.0\.2\.99 is no address of this machine \(usage: /
  ]
] as const) {
  test(`${what} is refused in one line`, async t => {
    const program = new Program(t, 'presence/main.ts', ...args)
    t.equal(await program.exitCode(), 2)
    t.match(program.stderr, line)
    t.match(program.stderr, /^[^\n]+\n$/, 'one line')
  })
}

async function presence(t: Test) {
  const [server, browser] = await Promise.all([startServer(t), startChromium()])
  t.teardown(async () => await browser.close())
  return { server, url: server.url, browser }
}

async function open(browser: Browser, url: string, ...names: string[]): Promise<Tab[]> {
  return await Promise.all(names.map(async name => await Tab.open(browser, url, name)))
}

async function statusOf(tab: Tab, name: string): Promise<string | undefined> {
  return (await tab.people()).find(person => person.name === name)?.status
}

async function linksOf(tab: Tab): Promise<string[]> {
  return (await tab.people()).map(({ link }) => link)
}

function faultsOf(...tabs: Tab[]): string[] {
  return tabs.flatMap(({ faults }) => faults)
}

/** As in a tab of the background, but for good: a browser lets them fire once a minute. */
function stopTimersOnDemand(): void {
  let areStopped = false
  window.addEventListener('stop-timers', () => {
    areStopped = true
  })
  for (const name of ['setTimeout', 'setInterval'] as const) {
    const start: (callback: () => void, ms?: number) => number = window[name].bind(window)
    const unlessStopped = (callback: (...args: unknown[]) => void, ms?: number, ...args: unknown[]) =>
      start(() => {
        if (!areStopped) callback(...args)
      }, ms)
    Object.assign(window, { [name]: unlessStopped })
  }
}

/** A starved host may show the end of a tab's links before its farewell. */
const TRIES = 3

/** What `witness` says of `tab` while that has left; it is listed again in the end. */
async function leavesAndReturns(
  tab: Tab,
  witness: Tab,
  ways: { leave(): Promise<unknown>; return(): Promise<unknown> }
): Promise<string[]> {
  for (let attempt = 1; ; attempt++) {
    await ways.leave()
    await witness.untilLists()
    const said = await witness.gone()
    await ways.return()
    await untilAllList(witness, tab)
    if (attempt === TRIES || said.every(each => each.endsWith(' left'))) return said
  }
}
