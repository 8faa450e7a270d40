/** Opens the sync stream of a connection, in time or not at all. */
import type { Connection, Stream } from '@libp2p/interface'
import { ABORT_GRACE_MS, within } from '../host/within.ts'

/** Time for a peer to answer whether it speaks the protocol. */
const OPEN_TIMEOUT_MS = 10_000

/**
 * A stream that opens too late is aborted: it would stay open with nobody to read it.
 *
 * @param closing - aborts when no stream may be open any more
 */
export async function openedStream(connection: Connection, protocol: string, closing: AbortSignal): Promise<Stream> {
  const signal = AbortSignal.any([AbortSignal.timeout(OPEN_TIMEOUT_MS), closing])
  const opening = connection.newStream(protocol, { runOnLimitedConnection: true, signal })
  try {
    return await within(OPEN_TIMEOUT_MS + ABORT_GRACE_MS, 'opening a stream', opening, closing)
  } catch (error) {
    opening.then(late => late.abort(error as Error)).catch(() => {})
    throw error
  }
}
