/** Tests of what must not happen in a long time: ten minutes in `npm run endurance`, seconds with `--short`. */
import { monitorEventLoopDelay } from 'node:perf_hooks'
import t, { type Test } from 'tap'
import { keepOn } from '../../attacks/toolkit/duration.ts'
import { UP } from './up.ts'

/** `npm run endurance` sets it, unless it is called with `--short`. */
const isFull = process.env.ENDURANCE === 'full'

const LASTS_MS = isFull ? 600_000 : 10_000

/** A network whose process stood still for longer cannot be judged: its nodes rightly take each other for gone. */
const STARVED_MS = 1_000

/** How often a network may be started anew because the host gave it no time. */
const TRIES = 3

/** Longer than all tries of all networks of a file take on a busy host. */
const TIMEOUT_MS = isFull ? 3_600_000 : 300_000

t.setTimeout(TIMEOUT_MS)

/** A network that is up, and all that has happened in it and must not; the array grows. */
export interface Watched {
  readonly faults: string[]
  /** Called each second. */
  readonly look?: () => void
}

/**
 * A network that lives for a long time without a fault. It is started anew where the host let it starve; a fault in a network that
 * had its time fails at once.
 *
 * @param start - what it starts ends with the test that it is given
 */
export function endures(fact: string, start: (t: Test) => Promise<Watched>): void {
  t.test(fact, { timeout: TIMEOUT_MS }, async t => {
    for (let attempt = 1; attempt <= TRIES; attempt++) {
      const { faults, longestStallMs } = await watched(t, attempt, start)
      if (!t.passing()) return
      t.comment(`attempt ${attempt}: ${faults.length} faults, longest stall ${longestStallMs} ms`)
      if (faults.length > 0 && longestStallMs > STARVED_MS && attempt < TRIES) continue
      t.same(faults, [])
      return
    }
  })
}

/** Everything that went wrong within the time, and for how long the event loop stood still at most. */
async function watched(t: Test, attempt: number, start: (t: Test) => Promise<Watched>) {
  let seen: string[] = []
  const delay = monitorEventLoopDelay()
  // A test of its own, so that the network has ended before the next attempt.
  await t.test(`attempt ${attempt}`, { timeout: TIMEOUT_MS }, async t => {
    const { faults, look = () => {} } = await start(t)
    t.comment(UP)
    delay.enable()
    await keepOn(LASTS_MS, 1_000, look)
    delay.disable()
    // The end of the network is none of its faults.
    seen = [...faults]
    t.pass('was watched')
  })
  return { faults: seen, longestStallMs: Math.round(delay.max / 1e6) }
}
