/** What is compared between nodes that share processes and nodes that do not. */
import type { Runner } from '../../src/runners/runner.ts'
import { addUp } from '../figures/bytes.ts'
import { type Fleet, type Member, startFleet } from '../fleet.ts'
import { ownProgram } from '../own-program.ts'
import { receivedByConnection } from '../proc.ts'

export type Kind = 'own' | 'shared'

/**
 * On one host a message takes no time on its way: how soon a node hears of something is how long others take to handle it.
 * Such times are told, and need not agree. What is sent, how often and to whom is the protocol's.
 */
export const FIGURES = [
  { id: 'connections', what: 'connections of a node at rest', isOfProcessor: false },
  { id: 'received', what: 'announcements received by a node at rest, a second', isOfProcessor: false },
  { id: 'sent', what: 'announcements sent by a node at rest, a second', isOfProcessor: false },
  { id: 'copies', what: 'copies received of an announcement', isOfProcessor: false },
  { id: 'bytes', what: 'bytes received by a node at rest, headers included, a second', isOfProcessor: false },
  { id: 'readyMs', what: 'first start -> last node ready, ms', isOfProcessor: true },
  { id: 'fullMs', what: 'first start -> every book full, ms', isOfProcessor: true },
  { id: 'lateMs', what: 'late joiner ready -> in every book, ms', isOfProcessor: true },
  { id: 'leaveMs', what: 'farewell of a node -> in no book, ms', isOfProcessor: true }
] as const satisfies { id: string; what: string; isOfProcessor: boolean }[]

export type FigureOfSharing = (typeof FIGURES)[number]
export type Values = Record<FigureOfSharing['id'], number>

/** The further partners are dialled, and the surplus is let go, when the crowd is over. */
const SETTLE_MS = 15_000

/** Two announcements of each node. */
const WINDOW_MS = 20_000
const LOOK_INTERVAL_MS = 1_000

/**
 * One network from its start to its end.
 *
 * @throws {MeasureError} when it does not become full, or a node ends by itself
 */
export async function measureOnce(runner: Runner, nodes: number, interrupt: AbortSignal): Promise<Values> {
  const fleet = await startFleet(ownProgram(runner), nodes, interrupt)
  try {
    const { lastReadyMs, fullMs } = fleet.start
    await fleet.rest(SETTLE_MS)
    const atRest = await measureRest(fleet)
    return { readyMs: lastReadyMs, fullMs, ...atRest, ...(await measureChanges(fleet)) }
  } finally {
    await fleet.end()
  }
}

async function measureRest(fleet: Fleet) {
  const { members, size } = fleet
  const pids = new Set(members.map(({ pid }) => pid))
  const total = { bytes: 0, wireBytes: 0 }
  const [before, fromMs] = [countsOf(members), performance.now()]
  let seen = await receivedByConnection()
  while (performance.now() - fromMs < WINDOW_MS) {
    await fleet.pause(LOOK_INTERVAL_MS)
    const now = await receivedByConnection()
    addUp(total, seen, now, pids)
    seen = now
  }
  const after = countsOf(members)
  const nodeSeconds = (size * (performance.now() - fromMs)) / 1_000
  const [received, sent] = [after.received - before.received, after.sent - before.sent]
  return {
    connections: after.connections / size,
    received: received / nodeSeconds,
    sent: sent / nodeSeconds,
    copies: received / (sent * (size - 1)),
    bytes: total.wireBytes / nodeSeconds
  }
}

/** In sum over the nodes, as they say themselves, each second. */
function countsOf(members: readonly Member[]) {
  const stats = members.map(({ run }) => run.stats)
  const sum = (of: 'rx' | 'tx' | 'connections') => stats.reduce((total, each) => total + (each?.[of] ?? 0), 0)
  return { received: sum('rx'), sent: sum('tx'), connections: sum('connections') }
}

async function measureChanges(fleet: Fleet): Promise<{ lateMs: number; leaveMs: number }> {
  const late = await fleet.add()
  const lateMs = (await fleet.untilListed(late)) - late.run.readyAtMs!
  await fleet.untilFull()
  const leaveMs = await fleet.timeToForget(late, () => late.handle.send({ type: 'leave' }))
  return { lateMs: Math.max(0, lateMs), leaveMs }
}
