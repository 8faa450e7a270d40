/** A time limit for calls into the host: libp2p, its pubsub, its datastore. A host that never answers must not hang a node. */
import { GossipDiscoveryError } from '../errors.ts'

/**
 * Time for the host to answer a call: to publish, sign, read or write. All of these take milliseconds; a slow disk or a key in
 * another process may take a second. A guess.
 */
export const HOST_CALL_TIMEOUT_MS = 5_000

/** Time for each step of a stop: a node that stops waits for nobody. Libp2p gives the streams of a connection as long. */
export const STOP_STEP_TIMEOUT_MS = 1_000

/** Time that the host has left to end a call by itself after it was told to by an abort signal. */
export const ABORT_GRACE_MS = 1_000

/**
 * The result of a call, if it comes in time. The call itself goes on: its late result, or its late error, is dropped.
 *
 * @param what - what is done, as the subject of a sentence, such as `publishing an announcement`
 * @param signal - ends the wait early, as if the time were over
 * @throws {GossipDiscoveryError} `Timeout`
 */
export async function within<T>(
  timeoutMs: number,
  what: string,
  call: PromiseLike<T> | T,
  signal?: AbortSignal
): Promise<T> {
  let fail = (_how: string) => {}
  const timeout = new Promise<never>((_resolve, reject) => {
    fail = how => reject(new GossipDiscoveryError('Timeout', `${what} ${how}`))
  })
  const timer = setTimeout(() => fail(`took longer than ${timeoutMs} ms`), timeoutMs)
  const onAbort = () => fail('was not over when the node stopped')
  signal?.addEventListener('abort', onAbort)
  if (signal?.aborted === true) onAbort()
  try {
    return await Promise.race([call, timeout])
  } finally {
    clearTimeout(timer)
    signal?.removeEventListener('abort', onAbort)
  }
}

/** Whether an error says that the host did not answer in time. */
export function isTimeout(error: unknown): error is GossipDiscoveryError {
  return error instanceof GossipDiscoveryError && error.code === 'Timeout'
}

/** Resolves after a time, or when the signal aborts; at once without a signal, since nothing runs then. */
export async function passed(ms: number, signal: AbortSignal | undefined): Promise<void> {
  await new Promise<void>(resolve => {
    const end = (): void => {
      clearTimeout(timer)
      signal?.removeEventListener('abort', end)
      resolve()
    }
    const timer = setTimeout(end, ms)
    if (signal?.aborted !== false) end()
    else signal.addEventListener('abort', end)
  })
}
