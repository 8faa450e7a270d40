/**
 * Which of the nodes of a process runs at the moment, so that what one of them throws is its own fault. Node.js carries that along
 * through timers, promises and the sockets that a node opens; what a node accepts is joined to it here.
 */
import { AsyncLocalStorage } from 'node:async_hooks'
import { subscribe } from 'node:diagnostics_channel'
import type { Server, Socket } from 'node:net'
import type { NodeName } from '../../contract.ts'

const running = new AsyncLocalStorage<NodeName>()

/** All that follows from the call is the node's doing. */
export function runAs<T>(node: NodeName, call: () => T): T {
  return running.run(node, call)
}

/** The node whose code runs; undefined if that cannot be told. */
export function runningNode(): NodeName | undefined {
  return running.getStore()
}

/** What is read from a socket that a server of a node accepts is the node's, too. Where Node.js tells of no servers, nobody's. */
export function followServers(): void {
  subscribe('tracing:net.server.listen:asyncStart', message => {
    const node = runningNode()
    if (node === undefined) return
    const { server } = message as { server: Server }
    server.prependListener('connection', (socket: Socket) => {
      const emit = socket.emit.bind(socket) as (...event: unknown[]) => boolean
      socket.emit = (...event: unknown[]) => {
        // To the end of the callback, and not of the call alone: what throws has left the call before anybody asks whose it was.
        running.enterWith(node)
        return emit(...event)
      }
    })
  })
}
