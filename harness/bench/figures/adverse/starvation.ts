import { setTimeout as delay } from 'node:timers/promises'
import { chanceFor } from '../../../src/simulation/chance.ts'
import type { FleetFigure, Pace } from '../../figure.ts'
import type { Fleet, Member } from '../../fleet.ts'

/** Lifeguard (Dadgar, Phillips, Currey, 2018), section V: some members are blocked and go on, again and again. */
const STARVED = 4
const SHORTEST_MS = 64
const LONGEST_MS = 32_000
const LASTS_MS = { full: 300_000, quick: 40_000 }

/** The schedule is the same for every program and in every run. */
const SEED = 0x5747

/** Nodes that get no processor for a while: what becomes of those that do. Then one of the latter is killed beside them. */
export const starvation: FleetFigure = {
  name: 'starvation',
  metrics: [
    {
      id: 'starvation-drops',
      what: 'live nodes dropped beside 4 that are stopped and resumed',
      unit: '',
      limit: () => ({ worst: 0 })
    },
    {
      id: 'starvation-kill',
      what: 'SIGKILL of a node beside them -> gone from every book',
      unit: 'ms',
      limit: () => ({ median: 1_500, worst: 3_000 })
    }
  ],
  sizes: { full: [30], quick: [8] },
  serf: true,
  async observe(fleet, pace, take) {
    const { size } = fleet
    await fleet.rest(pace.settleMs)
    const starved = Array.from({ length: STARVED }, (_, n) => fleet.pick(n, STARVED))
    const well = fleet.members.filter(member => !starved.includes(member))
    const fromMs = fleet.nowMs()
    const ended = new AbortController()
    const starving = Promise.all(starved.map((member, n) => starve(member, chanceFor(SEED, `node ${n}`), ended.signal)))
    try {
      await fleet.pause(durationMs(pace))
      take('starvation-drops', fleet.dropsSince(fromMs, well), size)
      take('starvation-kill', await timeToForget(fleet, well), size)
    } finally {
      ended.abort()
      await starving
    }
  }
}

function durationMs({ isQuick }: Pace): number {
  return isQuick ? LASTS_MS.quick : LASTS_MS.full
}

/** Never the first one, which newcomers are told of. */
async function timeToForget(fleet: Fleet, well: readonly Member[]): Promise<number> {
  const victim = well.at(-1)!
  const others = well.filter(member => member !== victim)
  const goneMs = await fleet.timeToForget(victim, () => victim.handle.signal('SIGKILL'), others)
  fleet.remove(victim)
  return goneMs
}

/** Stops and resumes a node in turn until told to end, and leaves it running. */
async function starve({ handle }: Member, random: () => number, ended: AbortSignal): Promise<void> {
  const pause = async () =>
    await delay(SHORTEST_MS * (LONGEST_MS / SHORTEST_MS) ** random(), undefined, { signal: ended })
  try {
    for (;;) {
      await pause()
      handle.signal('SIGSTOP')
      await pause()
      handle.signal('SIGCONT')
    }
  } catch {
    handle.signal('SIGCONT')
  }
}
