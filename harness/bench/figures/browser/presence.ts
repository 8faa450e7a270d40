import type { Tab } from '../../../../examples/test/presence/browser.ts'
import type { SoloFigure } from '../../figure.ts'
import { MeasureError } from '../../measure-error.ts'

/** Pages of the presence example in Chromium, one process each, and its relay. */
export const presence: SoloFigure = {
  name: 'presence',
  metrics: [
    figure('opened', 'page opened -> three pages list each other', 3_000),
    figure('closed', 'tab closed -> gone from the other pages', 1_500),
    figure('killed', 'process of a tab killed -> gone from the other pages', 5_000),
    figure('restarted', 'relay ready again -> every page and a new one list each other', 15_000)
  ],
  sizes: { full: [3], quick: [3] },
  async measure({ interrupt }, take) {
    await using pages = await openPages()
    const { open, alice, bob, untilAllList } = pages
    let cid: Tab | undefined
    const openedMs = await timeOf(async () => {
      cid = await open('Cid')
      await untilAllList(alice, bob, cid)
    })
    take('presence-opened', openedMs)
    const closedMs = await timeOf(async () => {
      await Promise.all([cid!.page.close(), untilAllList(alice, bob)])
    })
    take('presence-closed', closedMs)
    interrupt.throwIfAborted()

    const dan = await open('Dan')
    await untilAllList(alice, bob, dan)
    const killedMs = await timeOf(async () => {
      await Promise.all([dan.kill(), untilAllList(alice, bob)])
    })
    take('presence-killed', killedMs)
    await pages.restartRelay()
    const restartedMs = await timeOf(async () => await untilAllList(alice, bob, await open('Eve')))
    take('presence-restarted', restartedMs)
  }
}

/** The server, a browser, and two pages that list each other. They are loaded here, since few measurements need a browser. */
async function openPages() {
  const { noBrowser, startChromium } = await import('../../../../scripts/tests/chromium.ts')
  const { Tab, untilAllList } = await import('../../../../examples/test/presence/browser.ts')
  const { restartServer, startServer } = await import('../../../../examples/test/presence/server.ts')
  if (noBrowser !== false) throw new MeasureError(noBrowser)
  const ends = new AsyncDisposableStack()
  const onEnd = { teardown: (end: () => unknown) => ends.defer(async () => void (await end())) }
  const [server, browser] = await Promise.all([startServer(onEnd), startChromium()])
  ends.defer(async () => await browser.close())
  const open = async (name: string) => await Tab.open(browser, server.url, name)
  const [alice, bob] = [await open('Alice'), await open('Bob')]
  await untilAllList(alice, bob)
  const restartRelay = async () => await restartServer(onEnd, server)
  return { open, alice, bob, untilAllList, restartRelay, [Symbol.asyncDispose]: async () => await ends.disposeAsync() }
}

function figure(id: string, what: string, worst: number) {
  return { id: `presence-${id}`, what, unit: 'ms' as const, limit: () => ({ worst }) }
}

async function timeOf(step: () => Promise<void>): Promise<number> {
  const beganAtMs = performance.now()
  await step()
  return performance.now() - beganAtMs
}
