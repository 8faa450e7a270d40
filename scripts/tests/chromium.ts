/** The one browser of all tests: Debian's Chromium, or the one that CHROMIUM names. */
import { existsSync } from 'node:fs'
import { type Browser, chromium } from 'playwright-core'
import { PATIENCE_MS } from './until.ts'

const executablePath = process.env.CHROMIUM ?? '/usr/bin/chromium'

/** Why no page can be opened, or false. */
export const noBrowser = existsSync(executablePath)
  ? false
  : `no browser at ${executablePath}: install chromium, or set CHROMIUM`

/** Quiet and alone: no request but the pages' own; and WebRTC on a machine whose only interface is its loopback. */
const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--allow-loopback-in-peer-connection',
  '--disable-features=WebRtcHideLocalIpsWithMdns'
]

export async function startChromium(): Promise<Browser> {
  return await chromium.launch({ executablePath, args: FLAGS, timeout: PATIENCE_MS })
}
