/**
 * The life of a page in a browser. The browser tells a page that it is about to stop, and waits for nothing but the call: the page
 * says farewell within it. A page that is only put away comes back when it is shown again.
 */
import type { Discovery } from '../../core/index.ts'
import { monotonicMs, wallClockMs } from '../clock.ts'
import type { Driver } from '../driver.ts'

/** The part of `window` and `document` that is used here. */
type Events = Pick<EventTarget, 'addEventListener' | 'removeEventListener'>

/** Where a browser tells of the life of a page. */
export interface Page {
  readonly window: Events
  readonly document: Events
}

/** A tab in the background may be frozen: for the others that is as if it were gone. */
const EVENTS = [
  { target: 'window', hide: 'pagehide', show: 'pageshow' },
  { target: 'document', hide: 'freeze', show: 'resume' }
] as const

export class PageLife {
  readonly #core: Discovery
  readonly #driver: Driver
  readonly #page: Page | undefined
  #isAway = false

  /** @param page - undefined outside browsers, where nobody tells */
  constructor(core: Discovery, driver: Driver, page = pageOf(globalThis)) {
    this.#core = core
    this.#driver = driver
    this.#page = page
  }

  /** To be called while the node is a member of its network. */
  begin(): void {
    this.#isAway = false
    for (const { target, hide, show } of EVENTS) {
      this.#page?.[target].addEventListener(hide, this.#onHide)
      this.#page?.[target].addEventListener(show, this.#onShow)
    }
  }

  end(): void {
    for (const { target, hide, show } of EVENTS) {
      this.#page?.[target].removeEventListener(hide, this.#onHide)
      this.#page?.[target].removeEventListener(show, this.#onShow)
    }
  }

  readonly #onHide = (): void => {
    // Where the application has said farewell itself, that is not taken back.
    if (this.#core.hasLeft) return
    this.#isAway = true
    this.#driver.leaveNow()
  }

  /** Another run, so that its announcements are newer than the farewell. */
  readonly #onShow = (): void => {
    if (!this.#isAway) return
    this.#isAway = false
    this.#core.restart(wallClockMs(), monotonicMs())
    this.#driver.handle({ type: 'tick' })
  }
}

function pageOf(scope: object): Page | undefined {
  const { window, document } = scope as Partial<Page>
  const areThere = typeof window?.addEventListener === 'function' && typeof document?.addEventListener === 'function'
  return areThere ? { window, document } : undefined
}
