/** The charts of report.html in a browser. Needs Chromium: Debian's, or the one that CHROMIUM names. */
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Locator, Page } from 'playwright-core'
import tap, { type Test, test } from 'tap'
import { noBrowser, startChromium } from '../../../../../scripts/tests/chromium.ts'
import { PATIENCE_MS } from '../../../../../scripts/tests/until.ts'
import type { History } from '../../../../src/history/history.ts'
import { pageAssets } from '../../../../src/reports/html/assets.ts'
import { renderHtml } from '../../../../src/reports/html/html.ts'
import { judged } from '../../../../src/reports/judged.ts'
import { historyOf, peerOf } from '../../../toolkit/history-builder.ts'

const browser = noBrowser === false ? await startChromium() : undefined
tap.teardown(async () => await browser?.close())

const NODES = ['n1', 'n2', 'n3', 'n4']

/** A split of 10 s, in which n1 loses its link to n3; the last events are at 20 s. */
function splitRun(): History {
  const history = historyOf(NODES)
    .started(...NODES)
    .at(1_000)
    .everybodyMeets()
  const links = (node: string, ...others: string[]) =>
    history.observed({ type: 'line', node, run: 1, line: { type: 'links', peerIds: others.map(peerOf) } })
  const used = (cpuMs: number) => {
    for (const node of NODES) {
      history.observed({ type: 'usage', node, run: 1, cpuMs, rssBytes: 2 ** 24, threads: 1, sockets: 1 })
    }
  }
  history.at(2_000)
  links('n1', 'n2', 'n3')
  used(100)
  const groups = [
    ['n1', 'n2'],
    ['n3', 'n4']
  ]
  history
    .at(5_000)
    .observed({ type: 'fault-injected', fault: 's1', nodes: ['n3', 'n4'], what: { type: 'partition', groups } })
  history.at(6_000)
  links('n1', 'n2')
  used(600)
  history.expired('n1', 'n3').at(15_000).faultHealed('s1').at(16_000).joined('n1', 'n3')
  return history.at(20_000).ended('deadline')
}

chartTest(
  'keys zoom in on the time line, pan, and give the whole run back; all charts over time follow',
  async (t, page) => {
    const shown = () => windowsOf(page)
    t.strictSame(await shown(), ['whole run', 'whole run', 'whole run'])
    await drawingOf(page, 'timeline').focus()
    await page.keyboard.press('+')
    t.strictSame(await shown(), Array(3).fill('5.00 s to 15.00 s of 20.00 s'))
    await page.keyboard.press('ArrowRight')
    t.strictSame(await shown(), Array(3).fill('7.50 s to 17.50 s of 20.00 s'))
    await page.keyboard.press('-')
    t.strictSame(await shown(), Array(3).fill('whole run'))
    await page.keyboard.press('+')
    await page.keyboard.press('0')
    t.strictSame(await shown(), Array(3).fill('whole run'))
  }
)

chartTest('buttons do what keys do, and say what they do', async (t, page) => {
  const button = (name: string) => page.locator('#completeness-chart').getByRole('button', { name })
  await button('Zoom in').click()
  await button('Earlier').click()
  t.equal((await windowsOf(page))[0], '2.50 s to 12.50 s of 20.00 s')
  await button('Whole run').click()
  t.equal((await windowsOf(page))[0], 'whole run')
})

chartTest('the wheel zooms where the pointer is, but only a drawing that has the focus', async (t, page) => {
  const drawing = drawingOf(page, 'timeline')
  await drawing.scrollIntoViewIfNeeded()
  await drawing.hover()
  await page.mouse.wheel(0, -200)
  t.equal((await windowsOf(page))[0], 'whole run', 'else it scrolls the page')
  await drawing.focus()
  await drawing.hover()
  await page.mouse.wheel(0, -200)
  await page.waitForFunction(() => document.querySelector('#timeline-chart .chart-window')?.textContent !== 'whole run')
  const [fromMs = 0, toMs = 0] = (await windowsOf(page))[0]!.match(/[\d.]+/g)!.map(each => 1_000 * Number(each))
  t.ok(Math.abs(toMs - fromMs - 10_000) < 20, 'half of the run')
})

chartTest('a drag pans, and a click on a row shows its node alone', async (t, page) => {
  const drawing = drawingOf(page, 'timeline')
  await drawing.focus()
  await page.keyboard.press('+')
  const { x, y, width } = (await drawing.boundingBox())!
  await page.mouse.move(x + width / 2, y + 40)
  await page.mouse.down()
  await page.mouse.move(x + width / 2 - 200, y + 40, { steps: 4 })
  await page.mouse.up()
  t.match((await windowsOf(page))[0], /^(6|7)\.\d\d s to 1[67]\.\d\d s of 20\.00 s$/)
  t.match(await page.locator('#timeline-chart tbody th').allTextContents(), NODES)
  await page.mouse.click(x + width / 2, y + 34)
  await page.waitForFunction(() => document.querySelectorAll('#timeline-chart tbody th').length === 1)
})

chartTest('the slider shows the overlay at any moment, and its buttons go from change to change', async (t, page) => {
  const overlay = page.locator('#overlay-chart')
  const told = () => overlay.locator('.chart-told').innerText()
  t.match(await told(), '20.00 s: 4 of 4 nodes ready, 1 link; no fault in force')
  await overlay.getByRole('slider').fill('275')
  t.match(
    await told(),
    '5.50 s: 4 of 4 nodes ready, 2 links, 1 between the 2 sides of the split; in force: partition n3, n4'
  )
  await overlay.getByRole('button', { name: 'Change after' }).click()
  t.match(await told(), '6.00 s: 4 of 4 nodes ready, 1 link, none between the 2 sides of the split')
  await overlay.getByRole('slider').focus()
  await page.keyboard.press('ArrowLeft')
  t.match(await told(), '5.98 s: 4 of 4 nodes ready, 2 links')
  await page.keyboard.press('End')
  t.match(await told(), '20.00 s')
})

chartTest('the pointer is told what is under it', async (t, page) => {
  const drawing = drawingOf(page, 'timeline')
  await drawing.scrollIntoViewIfNeeded()
  await drawing.hover({ position: { x: 500, y: 34 } })
  const tip = drawing.locator('.chart-tip')
  await tip.waitFor()
  t.match(await tip.innerText(), /^n1 at \d+\.\d\d s: ready, its book not right/)
  await page.mouse.move(2, 2)
  await tip.waitFor({ state: 'hidden' })
})

chartTest('every drawing says in words what it shows', async (t, page) => {
  const label = (chart: string) => drawingOf(page, chart).getAttribute('aria-label')
  t.match(await label('timeline'), 'Time line of 4 nodes over 20.00 s')
  t.match(await label('timeline'), '1 fault: partition n3, n4 from 5.00 s to 15.00 s')
  t.match(await label('completeness'), /Completeness over 20\.00 s, 50 % at 1\.0\d s, .*100 % in the end/)
  t.match(await label('costs'), /Processor of each node over 20\.00 s: most used by n\d/)
  t.match(await page.locator('#distributions-chart .chart-told').first().innerText(), /^12 pairs: median /)
})

chartTest('all drawings are there to be printed, also those that nobody scrolled to', async (t, page) => {
  await page.evaluate(() => dispatchEvent(new Event('beforeprint')))
  const drawn = await page
    .locator('.chart-drawing')
    .evaluateAll(boxes => boxes.filter(box => box.clientWidth > 0).map(box => box.querySelectorAll('canvas').length))
  t.ok(drawn.length >= 5)
  t.ok(
    drawn.every(canvases => canvases > 0),
    drawn.join()
  )
})

function chartTest(name: string, body: (t: Test, page: Page) => Promise<void>): void {
  test(name, { skip: noBrowser }, async t => {
    const path = join(t.testdir({}), 'report.html')
    await writeFile(path, renderHtml(judged(splitRun()), await pageAssets('report')))
    const context = await browser!.newContext({ viewport: { width: 1_200, height: 800 } })
    context.setDefaultTimeout(PATIENCE_MS)
    t.teardown(async () => await context.close())
    const page = await context.newPage()
    const troubles: string[] = []
    page.on('console', message => {
      if (message.type() === 'error') troubles.push(message.text())
    })
    page.on('pageerror', error => troubles.push(String(error)))
    await page.goto(pathToFileURL(path).href)
    await body(t, page)
    t.strictSame(troubles, [], 'the page complains of nothing')
  })
}

function drawingOf(page: Page, chart: string): Locator {
  return page.locator(`#${chart}-chart .chart-drawing`)
}

/** What time line, completeness and costs say that they show. */
async function windowsOf(page: Page): Promise<string[]> {
  return await page.locator('.chart-window').allInnerTexts()
}
