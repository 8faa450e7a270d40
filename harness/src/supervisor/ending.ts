/** When a run is over: its plan is carried out and every check has held for the settle time, it is lost, or its time is up. */
import type { Clock } from '../history/clock.ts'
import { watchBooks } from './conditions.ts'
import type { EndReason, LiveNetwork } from './live-network.ts'
import type { FleetNode } from './nodes/fleet.ts'
import { createSettleClock } from './settle-clock.ts'

/** Once the run is lost, the others may start and find each other for so long, so that the report shows only what is wrong. */
const AFTERMATH_MS = 5_000
const AFTERMATH_OF_START_MS = 1_000

/** A node that does not answer `dump` within this is reported without a book. */
const DUMP_TIMEOUT_MS = 2_000

export interface EndOptions {
  /** After this, by the clock of the record, the time is up. */
  deadlineMs: number
  settleMs: number
  /** The plan is carried out; the network may be judged. */
  isDone: () => boolean
  /** It cannot pass any more. */
  isLost: () => boolean
  isInterrupted: () => boolean
  /** Settles when no node is starting any more. */
  starting: Promise<void>
  clock?: Clock | undefined
}

/** Waits for the end; the books of all nodes that live have been asked for. */
export async function awaitEnd(network: LiveNetwork, options: EndOptions): Promise<EndReason> {
  const { record, observed, faults } = network
  const { deadlineMs, settleMs, isDone, isLost, isInterrupted, starting } = options
  const leftMs = () => Math.max(0, deadlineMs - record.nowMs())
  const settle = createSettleClock(settleMs, record, options.clock)
  const rightSinceMs = watchBooks(observed, () => faults.list)
  const hasSettled = () =>
    settle.hasSettled(isDone() ? seenSince(rightSinceMs(), observed.lags.at(-1)?.atMs) : undefined)
  const isOver = () => isInterrupted() || isLost() || hasSettled()
  try {
    for (;;) {
      const inTime = await record.until(isOver, leftMs())
      if (!isInterrupted() && isLost()) await aftermath(network, starting, isInterrupted, leftMs())
      const areAnswered = !isInterrupted() && (await dump(network, isInterrupted))
      if (isInterrupted()) return 'interrupted'
      if (isLost()) return 'decided'
      if (!inTime) return 'deadline'
      // A harness that was late while the books came in has not seen them hold.
      if (hasSettled() && areAnswered) return 'settled'
      settle.restart()
    }
  } finally {
    settle.stop()
  }
}

/** What a harness that was late did not see does not count. */
function seenSince(sinceMs: number | undefined, lastLagMs = 0): number | undefined {
  return sinceMs === undefined ? undefined : Math.max(sinceMs, lastLagMs)
}

async function aftermath(
  { record, fleet, observed }: LiveNetwork,
  starting: Promise<void>,
  isInterrupted: () => boolean,
  leftMs: number
): Promise<void> {
  let isOver = false
  const nobodyLives = () => fleet.nodes.every(({ state }) => state === 'absent' || state === 'ended')
  const canEnd = () => isOver || isInterrupted() || nobodyLives() || observed.fullSinceMs !== undefined
  const limitMs = Math.min(AFTERMATH_MS, leftMs)
  const started = starting.then(() => record.until(canEnd, Math.min(AFTERMATH_OF_START_MS, limitMs)))
  void started.then(() => {
    isOver = true
    record.look()
  })
  await record.until(canEnd, limitMs)
}

/** Every node that lives and is not paused is asked for its book; whether all of them answered, and nothing has made an answer old. */
async function dump({ record, fleet, faults, observed }: LiveNetwork, isInterrupted: () => boolean): Promise<boolean> {
  const isPaused = ({ name }: FleetNode) =>
    faults.list.some(({ fault }) => fault.type === 'pause' && fault.nodes.includes(name))
  const asked = fleet.nodes
    .filter(node => node.state === 'ready' && !isPaused(node))
    .map(node => ({ node, run: node.run, before: node.books }))
  for (const { node, run } of asked) {
    record.add({ type: 'dump-requested', node: node.name, run })
    fleet.handles.get(node.name)?.send({ type: 'dump' })
  }
  const isAnswered = ({ node, run, before }: (typeof asked)[number]) => node.run !== run || node.books > before
  const isGone = ({ node }: (typeof asked)[number]) => node.state === 'ended'
  await record.until(() => isInterrupted() || asked.every(one => isGone(one) || isAnswered(one)), DUMP_TIMEOUT_MS)
  return asked.every(({ node }) => observed.nodes.get(node.name)?.at(-1)?.dump !== undefined)
}
