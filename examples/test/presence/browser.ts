/** Chromium, and pages of the presence example in it, seen as a person sees them. */
import type { Browser, Page } from 'playwright-core'
import { PATIENCE_MS, until } from '../../../scripts/tests/until.ts'

export interface TabOptions {
  /** Runs in the page before its own program. */
  readonly script?: () => void
  readonly colorScheme?: 'light' | 'dark'
  readonly viewport?: { width: number; height: number }
}

export class Tab {
  readonly name: string
  readonly page: Page
  /** What went wrong in the page. */
  readonly faults: string[] = []

  private constructor(name: string, page: Page) {
    this.name = name
    this.page = page
    page.on('pageerror', ({ message }) => this.faults.push(message))
  }

  /** A page in a context of its own, so that it has a process of its own. Resolves once the page is loaded. */
  static async open(
    browser: Browser,
    url: string,
    name: string,
    { script, ...options }: TabOptions = {}
  ): Promise<Tab> {
    const context = await browser.newContext(options)
    context.setDefaultTimeout(PATIENCE_MS)
    const page = await context.newPage()
    const tab = new Tab(name, page)
    if (script !== undefined) await page.addInitScript(script)
    await page.addInitScript(profile => sessionStorage.setItem('presence-profile', profile), JSON.stringify({ name }))
    await page.goto(url)
    return tab
  }

  /** The list of those who are here. */
  async people(): Promise<{ name: string; status: string; link: string }[]> {
    return await this.page.locator('#people li').evaluateAll(rows =>
      rows.map(row => ({
        name: row.querySelector('.name')!.textContent,
        status: row.querySelector('.status')!.textContent,
        link: row.querySelector<HTMLElement>('.link')!.dataset.link!
      }))
    )
  }

  async names(): Promise<string[]> {
    return (await this.people()).map(({ name }) => name)
  }

  /** Names in the list of those who left, each with how. */
  async gone(): Promise<string[]> {
    const texts = await this.page
      .locator('#gone-people li')
      .evaluateAll(rows =>
        rows.map(row => `${row.querySelector('.name')!.textContent} ${row.querySelector('.link')!.textContent}`)
      )
    // Without the time.
    return texts.map(text => text.replace(/^(.* (?:left|lost)) .*$/, '$1'))
  }

  /** The process of the page ends without a word. */
  async kill(): Promise<void> {
    const session = await this.page.context().newCDPSession(this.page)
    const crashed = this.page.waitForEvent('crash')
    // It is never answered.
    session.send('Page.crash').catch(() => {})
    await crashed
  }

  /** Resolves once the page says this of the relay. */
  async untilSays(pattern: RegExp): Promise<void> {
    let said: string | null = null
    await until(
      async () => {
        said = await this.page.textContent('#relay')
        return pattern.test(said ?? '')
      },
      () => `${this.name} says ${said}; ${this.faults.join()}`
    )
  }

  /** Resolves once the page lists exactly these. */
  async untilLists(...names: string[]): Promise<void> {
    const wanted = names.sort().join()
    let seen: string[] = []
    await until(
      async () => {
        seen = await this.names()
        return seen.sort().join() === wanted
      },
      () => `${this.name} lists ${seen.join(', ') || 'nobody'}; ${this.faults.join()}`
    )
  }
}

/** Resolves once each lists all others. */
export async function untilAllList(...tabs: Tab[]): Promise<void> {
  const others = (tab: Tab) => tabs.filter(other => other !== tab).map(({ name }) => name)
  await Promise.all(tabs.map(async tab => await tab.untilLists(...others(tab))))
}
