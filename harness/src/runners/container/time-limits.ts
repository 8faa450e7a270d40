/** Every call of an engine has a time limit: one that accepts connections and is silent must not hold a run up. */
import { connect, type NetConnectOpts } from 'node:net'
import type { ContainerRuntimeClient } from 'testcontainers'

/** For the first answer. A healthy engine needs some ms. */
const FIRST_ANSWER_WITHIN_MS = 5_000

/** For all that an engine does in one step; the slowest is to start or remove a container on a busy host. */
const CALL_WITHIN_MS = 60_000

/** These last as long as a container does, or as an image takes to be built. */
const LASTING = /\/(attach|wait|logs|build|load|images\/create)(\?|$)/

/** Why nothing answers there, as a code of the system; `ETIMEDOUT` if it accepts connections and is silent; undefined if it answers. */
export async function silenceOf(endpoint: NetConnectOpts): Promise<string | undefined> {
  return await new Promise(resolve => {
    const socket = connect(endpoint)
    const settle = (code: string | undefined) => {
      socket.destroy()
      resolve(code)
    }
    socket.setTimeout(FIRST_ANSWER_WITHIN_MS, () => settle('ETIMEDOUT'))
    socket.once('connect', () => socket.write('GET /_ping HTTP/1.1\r\nHost: engine\r\nConnection: close\r\n\r\n'))
    // Whatever it says, and be it only that it wants another protocol, it is not silent.
    for (const answer of ['data', 'end'] as const) socket.once(answer, () => settle(undefined))
    socket.once('error', (error: NodeJS.ErrnoException) => settle(error.code ?? error.message))
  })
}

/** From here on each call of the engine fails with a reason, when it is not answered in time. */
export function limitCalls(
  { modem }: ContainerRuntimeClient['container']['dockerode'],
  withinMs = CALL_WITHIN_MS
): void {
  const dial = modem.dial.bind(modem)
  modem.dial = (options, callback) => {
    if (LASTING.test(options.path)) return dial(options, callback)
    const limit = new AbortController()
    const timer = setTimeout(() => limit.abort(), withinMs)
    return dial({ ...options, abortSignal: options.abortSignal ?? limit.signal }, (error, result) => {
      clearTimeout(timer)
      const why = limit.signal.aborted ? new Error(`the container engine did not answer within ${withinMs} ms`) : error
      callback?.(why, result)
    })
  }
}
