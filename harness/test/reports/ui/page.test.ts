/** The live page in a browser. Needs Chromium: Debian's, or the one that CHROMIUM names. */
import type { Page } from 'playwright-core'
import t, { type Test } from 'tap'
import { noBrowser, startChromium } from '../../../../scripts/tests/chromium.ts'
import type { HistoryEvent } from '../../../src/history/history.ts'
import { judge } from '../../../src/judge/judge.ts'
import { livePage } from '../../../src/reports/ui/page.ts'
import { serveUi, type UiServer } from '../../../src/reports/ui/server.ts'
import { converged } from '../../toolkit/history-builder.ts'

const HOSTILE = '<img src=x onerror="window.hacked=1">\u202e'

async function open(t: Test): Promise<{ server: UiServer; page: Page; complaints: string[]; asked: Set<string> }> {
  const server = await serveUi({ port: 0, page: await livePage(), clock: () => ({ nowMs: 12_300, speed: 34.2 }) })
  const browser = await startChromium()
  t.teardown(async () => {
    await browser.close()
    await server.end('{}')
  })
  const page = await browser.newPage()
  const complaints: string[] = []
  const asked = new Set<string>()
  page.on('console', message => complaints.push(message.text()))
  page.on('pageerror', error => complaints.push(error.message))
  page.on('request', request => asked.add(new URL(request.url()).host))
  await page.goto(server.url)
  return { server, page, complaints, asked }
}

function send(server: UiServer, events: readonly HistoryEvent[]): void {
  for (const event of events) server.append(event)
}

t.test('the page follows a run, and becomes its report in the end', { skip: noBrowser }, async t => {
  const { server, page, complaints, asked } = await open(t)
  const history = converged(['a', 'b', HOSTILE])
  send(server, history.events)
  await page.waitForSelector('.badge.running')
  await page.waitForSelector('#pairs svg')
  const text = await page.innerText('section.live')
  t.match(text, /converge[\s\S]*simulated at 34 times real time/)
  t.match(text, /12\.3 s of 30\.0 s/)
  t.match(text, /6 of 6/)
  t.match(text, /all books are right/)

  const sent = history.events.length
  history.at(4_000).faultInjected('s1', 'a').found('a', HOSTILE)
  send(server, history.events.slice(sent))
  await page.waitForFunction(() => document.querySelector('section.live')?.textContent?.includes('Broken for good'))
  t.match(await page.innerText('ol.happenings'), /fault s1 began/)
  t.match(await page.innerText('section.live'), '<img src=x onerror=')

  const known = history.events.length
  send(server, history.at(9_000).ended('deadline').slice(known))
  await server.end(JSON.stringify({ judgement: judge(history.events), folder: 'runs/x' }))
  await page.waitForSelector('section.verdict.fail')
  t.match(await page.innerText('p.note'), /The run is over, .*kept as report\.html in runs\/x/)
  t.match(await page.title(), /^FAIL converge, 3 nodes$/)
  t.equal(await page.evaluate('window.hacked'), undefined, 'what a node wrote is text')
  t.same(complaints, [])
  t.same([...asked], [new URL(server.url).host], 'and nobody else is asked for anything')
})

t.test('a page whose run is broken off says so, and keeps what it has', { skip: noBrowser }, async t => {
  const { server, page } = await open(t)
  send(server, converged(['a', 'b']).events)
  await page.waitForSelector('.badge.running')
  await server.end('{}')
  await page.waitForSelector('p.note')
  t.match(await page.innerText('p.note'), /The run was broken off before there was a verdict/)
  t.match(await page.innerText('section.live'), /2 of 2/)
})
