/** report.html in a browser. Needs Chromium: Debian's, or the one that CHROMIUM names. */
import { writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Page } from 'playwright-core'
import tap, { type Test, test } from 'tap'
import { noBrowser, startChromium } from '../../../../scripts/tests/chromium.ts'
import type { History } from '../../../src/history/history.ts'
import { pageAssets } from '../../../src/reports/html/assets.ts'
import { renderHtml } from '../../../src/reports/html/html.ts'
import { judged } from '../../../src/reports/judged.ts'
import { storedHistory } from '../../planted/recorded.ts'
import { attacked } from '../../toolkit/attacked-history.ts'
import { historyOf } from '../../toolkit/history-builder.ts'
import { largeHistory } from '../../toolkit/large-history.ts'

const browser = noBrowser === false ? await startChromium() : undefined
tap.teardown(async () => await browser?.close())

function pageTest(
  name: string,
  history: () => History,
  body: (t: Test, page: Page) => Promise<void>,
  options?: ContextOptions
): void {
  test(name, { skip: noBrowser }, async t => {
    const page = await open(t, history(), options)
    await body(t, page)
    t.strictSame(troublesOf.get(page), [], 'the page complains of nothing and asks nobody')
  })
}

/** n1-n3 and n4-n6 know only each other, and n6 died. */
function split(): History {
  const nodes = ['n1', 'n2', 'n3', 'n4', 'n5', 'n6']
  return historyOf(nodes)
    .started(...nodes)
    .meet('n1', 'n2', 'n3')
    .meet('n4', 'n5', 'n6')
    .at(3_000)
    .left('n1', 'n2')
    .exited('n6', { signal: 'SIGKILL', stderrTail: ['Error: boom'] })
    .at(9_000)
    .ended('deadline')
}

pageTest('pointing at a cell tells the story of its pair, and a click keeps it', split, async (t, page) => {
  const story = page.locator('#pair-story')
  await pointAt(page, 'n1', 'n2')
  await story.getByText('n1 and its entry of n2').waitFor()
  t.strictSame(await textsOf(page, '#pair-story .end'), [await endOf(page)])
  t.match(await endOf(page), /^In the end n1 does not list n2: /)
  t.match(await story.innerText(), /n1 listed n2 \(epoch 1000, seq 1\) line \d+/)
  t.match(await story.innerText(), /3\.00 s\s+n1 dropped n2, as one that left/)
  await pointAt(page, 'n4', 'n5')
  await story.getByText('n4 and its entry of n5').waitFor()
  t.equal(await endOf(page), 'In the end n4 lists n5')
  await page.mouse.down()
  await page.mouse.up()
  await page.mouse.move(2, 2)
  t.match(await story.innerText(), 'n4 and its entry of n5', 'it stays when the pointer is gone')
})

pageTest('the arrow keys walk from pair to pair, beginning with a missing listing', split, async (t, page) => {
  await page.locator('#pairs').focus()
  t.match(await endOf(page), /^In the end n1 does not list n2: /)
  await page.keyboard.press('ArrowDown')
  await page.getByText('n2 and its entry of n2').waitFor()
  await page.keyboard.press('ArrowRight')
  t.equal(await endOf(page), 'In the end n2 lists n3')
  await page.keyboard.press('Enter')
  await page.keyboard.press('Tab')
  t.equal(await endOf(page), 'In the end n2 lists n3', 'Enter keeps it')
  await page.locator('#pairs').focus()
  await page.keyboard.press('End')
  t.match(await page.locator('#pair-story h3').innerText(), 'n2 and its entry of n6')
  await page.keyboard.press('Escape')
  t.equal(await page.locator('#pair-story').innerText(), 'No pair is chosen.')
})

pageTest('everything that can be used is reached by the Tab key, and shows that it is', split, async (t, page) => {
  const reached = new Set<string>()
  for (let i = 0; i < 60; i++) {
    await page.keyboard.press('Tab')
    reached.add(
      await page.evaluate(() => {
        const { activeElement } = document
        const { outlineStyle } = getComputedStyle(activeElement!)
        return `${activeElement?.id || activeElement?.className || activeElement?.tagName} ${outlineStyle !== 'none'}`
      })
    )
  }
  for (const wanted of ['copy with-script true', 'filter-node true', 'filter-rule true', 'pairs true']) {
    t.ok([...reached].includes(wanted), `${wanted} of ${[...reached].join(', ')}`)
  }
  t.notOk([...reached].some(each => each.endsWith('false') && !each.startsWith('BODY')))
})

pageTest(
  'filters narrow lists, tables and the grid to a node, a group or a check, and give all back',
  split,
  async (t, page) => {
    const shown = async () => await textsOf(page, '#findings .name')
    const all = await shown()
    await page.locator('#filter-rule').selectOption('alive')
    t.strictSame(await shown(), ['28 alive'])
    t.equal(await page.locator('#filter-shown').innerText(), 'Shown: rule alive')
    await page.getByRole('button', { name: 'Show all' }).click()
    t.strictSame(await shown(), all)
    await page.locator('#filter-node').selectOption({ label: 'n6' })
    t.strictSame(await textsOf(page, '#figures tr[data-nodes] th'), ['n6'])
    t.equal(await page.locator('#logs details:visible').count(), 1)
    t.equal(await page.locator('#grid .veil').count(), 1)
    await page.getByRole('button', { name: 'Show all' }).click()
    await page.locator('#filter-group').selectOption('0')
    t.ok((await textsOf(page, '#figures tr[data-nodes] th')).length < 6)
    t.match(await page.locator('#filter-shown').innerText(), /^Shown: \d of 6 nodes$/)
  }
)

pageTest(
  'one click copies the command that repeats the run',
  split,
  async (t, page) => {
    const button = page.locator('dt', { hasText: /^Repeat it$/ }).locator('+ dd button')
    await button.click()
    await page.getByRole('button', { name: 'Copied' }).waitFor()
    t.equal(await page.evaluate(() => navigator.clipboard.readText()), 'test-network 6 30')
  },
  { permissions: ['clipboard-read', 'clipboard-write'] }
)

pageTest('the charts zoom together, and give the whole run back', split, async (t, page) => {
  const zoomOf = async (name: string) => await page.locator(`#${name}-chart .chart-toolbar`).innerText()
  const before = await zoomOf('completeness')
  await page.locator('#timeline-chart').getByRole('button', { name: '+' }).first().click()
  t.not(await zoomOf('completeness'), before)
  await page.locator('#timeline-chart').getByRole('button', { name: 'Whole run' }).click()
  t.equal(await zoomOf('completeness'), before)
})

pageTest(
  'on paper nothing is folded, cut off or dark, and buttons are gone',
  split,
  async (t, page) => {
    await page.emulateMedia({ media: 'print', colorScheme: 'dark' })
    await page.evaluate(() => dispatchEvent(new Event('beforeprint')))
    t.equal(await page.locator('details:not([open])').count(), 0)
    t.equal(await page.locator('button:visible').count(), 0)
    t.equal(
      await page.evaluate(() => getComputedStyle(document.documentElement).getPropertyValue('--text').trim()),
      '#1c2128'
    )
    t.ok((await page.locator('.legend:visible').count()) > 0)
    const cut = await page.evaluate(() =>
      [...document.querySelectorAll('.scroll, .story')]
        .filter(element => getComputedStyle(element).overflowX !== 'visible')
        .map(element => element.className)
    )
    t.strictSame(cut, [])
    await page.evaluate(() => dispatchEvent(new Event('afterprint')))
    t.ok((await page.locator('details:not([open])').count()) > 0, 'and folded again afterwards')
  },
  { colorScheme: 'dark' }
)

pageTest('nothing that a node writes does anything, and all of it is there to be read', attacked, async (t, page) => {
  t.equal(await page.locator('img, iframe, b').count(), 0)
  await page.locator('#pairs').focus()
  for (const key of ['ArrowRight', 'ArrowDown', 'ArrowRight']) await page.keyboard.press(key)
  t.match(await page.locator('#pair-story').innerText(), '<script>alert(1)</script>')
  t.equal(await page.locator('#pair-story script, #pair-story img').count(), 0)
})

test('no fault in the eyes of axe, in both themes, on a desk and on a phone', { skip: noBrowser }, async t => {
  const axe = createRequire(import.meta.url).resolve('axe-core/axe.min.js')
  for (const [name, colorScheme, width] of [
    ['alive', 'light', 1280],
    ['hung', 'dark', 1280],
    ['complete', 'light', 390],
    ['correct-a-crash', 'dark', 390]
  ] as const) {
    const viewport = { width, height: 800 }
    const page = await open(t, await storedHistory(name), { colorScheme, viewport, bypassCSP: true })
    await page.addScriptTag({ path: axe })
    t.strictSame(await faultsOf(page), [], `${name}, ${colorScheme}, ${width} pixels wide`)
    const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)
    t.ok(overflow <= 0, 'nothing is wider than the window')
    await page.close()
  }
})

pageTest('a page of 200 nodes tells any pair, and says how soon it was there', largeHistory, async (t, page) => {
  const readyMs = await page.evaluate(() => performance.getEntriesByName('interactive')[0]?.startTime)
  t.comment(`interactive after ${Math.round(readyMs ?? Number.NaN)} ms`)
  t.ok(readyMs !== undefined)
  await pointAt(page, 'n150', 'n50')
  await page.getByText('n150 and its entry of n50').waitFor()
  t.match(await page.locator('#pair-story').innerText(), 'n150 listed n50')
})

interface Axe {
  run(): Promise<{ violations: { id: string; nodes: { html: string }[] }[] }>
}

async function faultsOf(page: Page): Promise<string[]> {
  const { violations } = await page.evaluate(() => (window as unknown as { axe: Axe }).axe.run())
  return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`)
}

type ContextOptions = NonNullable<Parameters<NonNullable<typeof browser>['newContext']>[0]>

/** What the page complains of, and whom it asks: to be empty. */
const troublesOf = new WeakMap<Page, string[]>()

async function open(t: Test, history: History, options: ContextOptions = {}): Promise<Page> {
  const path = join(t.testdir({}), 'report.html')
  await writeFile(path, renderHtml(judged(history), await pageAssets('report')))
  const context = await browser!.newContext(options)
  t.teardown(async () => await context.close())
  const page = await context.newPage()
  const troubles: string[] = []
  page.on('console', message => {
    if (message.type() === 'error' || message.type() === 'warning') troubles.push(message.text())
  })
  page.on('pageerror', error => troubles.push(String(error)))
  page.on('dialog', dialog => troubles.push(dialog.message()))
  page.on('request', request => {
    if (!/^(file|data|blob):/.test(request.url())) troubles.push(request.url())
  })
  troublesOf.set(page, troubles)
  await page.goto(pathToFileURL(path).href)
  return page
}

async function pointAt(page: Page, observer: string, subject: string): Promise<void> {
  const [row, column] = [observer, subject].map(name => Number(name.slice(1)) - 1) as [number, number]
  const grid = page.locator('#grid')
  await grid.scrollIntoViewIfNeeded()
  const [side, margin] = await grid.evaluate(svg => [Number(svg.dataset.side), Number(svg.dataset.margin)])
  const middle = (place: number) => margin! + (place + 0.5) * side!
  await grid.hover({ position: { x: middle(column), y: middle(row) } })
}

async function endOf(page: Page): Promise<string> {
  return await page.locator('#pair-story .end').innerText()
}

async function textsOf(page: Page, selector: string): Promise<string[]> {
  return await page.locator(`${selector}:visible`).allInnerTexts()
}
