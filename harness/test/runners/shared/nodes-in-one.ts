/** The program that is many nodes, with nodes that have no network: what one of them does wrong is the topic that it is given. */
import { createServer } from 'node:net'
import type { CreateNode, ProgramNode } from '../../../src/node/program.ts'
import { runShared } from '../../../src/node/shared/shared-program.ts'

/** What nobody's code does is looked at from here. */
let isUnowned = false
setInterval(() => {
  if (isUnowned) throw new Error('thrown by nobody')
}, 5).unref()

const misdeeds: Record<string, () => void> = {
  'throws-later': () => void setImmediate(() => fail('thrown later')),
  rejects: () => void Promise.resolve().then(() => fail('rejected')),
  'cannot-start': () => fail('no address to listen at'),
  'is-nobody': () => {
    isUnowned = true
  },
  prints: () => console.log('hello'),
  warns: () => process.stderr.write('a warning of nobody\n')
}

function fail(message: string): void {
  throw new Error(message)
}

const createNode: CreateNode = async ({ name, topic = 'well' }) => {
  const peerId = { toString: () => `peer-${name}` }
  const addressBook = Object.assign(new EventTarget(), { [Symbol.iterator]: () => [].values() })
  const server = createServer(socket => void socket.on('data', () => fail('thrown on what was accepted')))
  const discovery = Object.assign(new EventTarget(), {
    addressBook,
    peerId,
    epoch: Date.now(),
    announcedAddrs: [] as string[],
    stats: { received: 0, published: 0, rejected: {} },
    leave: async () => {},
    addPeers: () => {
      while (topic === 'hangs');
      discovery.dispatchEvent(new CustomEvent('warning', { detail: { code: 'told', message: name } }))
    }
  })
  return {
    peerId,
    services: { discovery },
    getConnections: () => [],
    getPeers: () => [],
    addEventListener: () => {},
    async start() {
      await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
      discovery.announcedAddrs = [`/ip4/127.0.0.1/tcp/${(server.address() as { port: number }).port}`]
      misdeeds[topic]?.()
    },
    stop: () => server.close()
  } as unknown as ProgramNode
}

runShared(createNode)
