import type { FleetFigure } from '../figure.ts'
import { type Received, receivedByConnection } from '../proc.ts'

/** A connection that closes takes its counters along: at most what came in this time is missed. */
const LOOK_INTERVAL_MS = 1_000

/** The further partners are dialled, and the surplus is let go, when the crowd is over. */
const SETTLE_FACTOR = 10

const MAX_BYTES_PER_SECOND = 5_000

/** What the sockets of a network at rest receive, as the kernel counts it. */
export const bytes: FleetFigure = {
  name: 'bytes',
  metrics: [
    {
      id: 'bytes',
      what: 'received by a node at rest, headers of TCP and IP included',
      unit: 'bytes/s',
      limit: () => ({ median: MAX_BYTES_PER_SECOND })
    },
    { id: 'bytes-read', what: 'received by a node at rest, as its sockets hand it on', unit: 'bytes/s' }
  ],
  sizes: { full: [25, 100], quick: [5] },
  once: true,
  serf: false,
  async observe(fleet, { settleMs, windowMs }, take) {
    await fleet.rest(SETTLE_FACTOR * settleMs)
    const pids = new Set(fleet.members.map(({ pid }) => pid))
    const fromMs = performance.now()
    const total = { bytes: 0, wireBytes: 0 }
    let before = await receivedByConnection()
    while (performance.now() - fromMs < windowMs) {
      await fleet.pause(LOOK_INTERVAL_MS)
      const after = await receivedByConnection()
      addUp(total, before, after, pids)
      before = after
    }
    const nodeSeconds = (fleet.size * (performance.now() - fromMs)) / 1_000
    take('bytes', total.wireBytes / nodeSeconds, fleet.size)
    take('bytes-read', total.bytes / nodeSeconds, fleet.size)
  }
}

/** Adds what the connections of these processes have received between two looks. */
export function addUp(
  total: Omit<Received, 'pid'>,
  before: ReadonlyMap<string, Received>,
  after: ReadonlyMap<string, Received>,
  pids: ReadonlySet<number>
): void {
  for (const [connection, { pid, bytes, wireBytes }] of after) {
    if (pid === undefined || !pids.has(pid)) continue
    const known = before.get(connection)
    total.bytes += bytes - (known?.bytes ?? 0)
    total.wireBytes += wireBytes - (known?.wireBytes ?? 0)
  }
}
