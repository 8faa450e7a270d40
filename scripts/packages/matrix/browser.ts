/** Chromium, and a node outside of it that pages can dial. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createInterface } from 'node:readline'
import type { Browser as Chromium } from 'playwright-core'
import { noBrowser, startChromium } from '../../tests/chromium.ts'
import type { Project } from '../project.ts'
import { userEnv } from '../run.ts'

const TIMEOUT_MS = 60_000

export class Browser {
  readonly #chromium: Chromium
  readonly #host: ChildProcess
  /** Of the host. */
  readonly #address: string
  readonly #servers: Server[] = []

  constructor(chromium: Chromium, host: ChildProcess, address: string) {
    this.#chromium = chromium
    this.#host = host
    this.#address = address
  }

  /**
   * Resolves to nothing where there is no browser.
   *
   * @param project - has host.js
   */
  static async start(project: Project): Promise<Browser | undefined> {
    if (noBrowser !== false) return undefined
    const browser = await startChromium()
    const options = { cwd: project.folder, env: userEnv }
    const host = spawn(process.execPath, ['host.js'], { ...options, stdio: ['pipe', 'pipe', 'inherit'] })
    const lines = createInterface({ input: host.stdout })
    const [address] = await Promise.race([once(lines, 'line'), once(host, 'exit').then(() => [''])])
    return new Browser(browser, host, address)
  }

  /** Opens a page with a program; ends once the page lists the host. */
  async meetIn(name: string, code: string): Promise<void> {
    const page = await this.#chromium.newPage()
    await page.goto(`${await this.#serve(code)}/#${name},${this.#address}`)
    await page.waitForFunction(listsTheHost, undefined, { timeout: TIMEOUT_MS })
    await page.close()
  }

  async close(): Promise<void> {
    this.#host.kill()
    for (const server of this.#servers) server.close()
    await this.#chromium.close()
  }

  async #serve(code: string): Promise<string> {
    const server = createServer((request, response) => {
      const isProgram = request.url === '/page.js'
      response.setHeader('content-type', isProgram ? 'text/javascript' : 'text/html')
      response.end(isProgram ? code : '<link rel="icon" href="data:,"><script type="module" src="/page.js"></script>')
    })
    this.#servers.push(server)
    await once(server.listen(0, '127.0.0.1'), 'listening')
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  }
}

/** Runs in the page, where page.js puts `names`. */
function listsTheHost(): boolean {
  return (globalThis as { names?: () => string[] }).names?.().includes('host') ?? false
}
