/** What becomes of a connection that this service has dialled to a peer that is no partner. */
import type { Connection } from '@libp2p/interface'
import { peerIdFromPrivateKey } from '@libp2p/peer-id'
import { type Test, test } from 'tap'
import { DialledStrangers } from '../../../src/libp2p/host/dialled-strangers.ts'
import { keyOf } from '../../crafted.ts'
import { inOwnTime, never, refused } from './stub-host.ts'

const GRACE_MS = 10_000
const STEP_MS = 50
const PROTOCOL = '/gossip-discovery/sync/1.0.0//ours'
const IDENTIFIED = ['/ipfs/id/1.0.0', '/ipfs/ping/1.0.0']
const peer = peerIdFromPrivateKey(await keyOf(2))

review('a peer that identify says not to speak the protocol is let go, after a grace', async (t, { pass, done }) => {
  await pass(GRACE_MS - STEP_MS)
  t.same(done, [])
  await pass(STEP_MS)
  t.same(done, ['ended unless used'])
})

review('a peer that has begun to speak it meanwhile becomes a partner', async (t, { host, pass, done }) => {
  host.protocols = [...IDENTIFIED, PROTOCOL]
  await pass(GRACE_MS)
  t.same(done, ['opened'])
})

const reasons: readonly (readonly [why: string, begin: (host: Host) => unknown])[] = [
  ['that identify has told nothing of', host => (host.protocols = [])],
  ['that the peer store does not know', host => (host.get = async () => await Promise.reject(notFound()))],
  ['that subscribes to a topic of this node', host => (host.subscribers = [peer])],
  ['whose connection is closed already', host => (host.status = 'closed')]
]

for (const [why, begin] of reasons) {
  review(`nothing is done about a peer ${why}`, async (t, { host, pass, done }) => {
    begin(host)
    await pass(GRACE_MS)
    t.same(done, [])
  })
}

for (const [what, get] of [
  ['refuses', refused],
  ['never answers', never]
] as const) {
  review(`a peer store that ${what} leaves the connection as it is`, async (t, { host, pass, done }) => {
    host.get = get
    await pass(2 * GRACE_MS)
    t.same(done, ['failed'])
  })
}

review('a node that stops waits for nothing, and ends nothing', async (t, { stop, over, done }) => {
  stop()
  t.equal(await over, undefined)
  t.same(done, [])
})

/** What the host says. */
interface Host {
  protocols: string[]
  get: () => Promise<{ protocols: string[] }>
  subscribers: (typeof peer)[]
  status: Connection['status']
}

interface Review {
  readonly host: Host
  readonly done: string[]
  readonly over: Promise<void>
  pass(ms: number): Promise<void>
  stop(): void
}

/** A test in its own time, of one connection that is under review. */
function review(name: string, check: (t: Test, review: Review) => Promise<void>): void {
  test(name, async t => {
    await inOwnTime(async ({ pass }) => {
      const done: string[] = []
      const get = async () => ({ protocols: host.protocols })
      const host: Host = { protocols: IDENTIFIED, get, subscribers: [], status: 'open' }
      const strangers = new DialledStrangers({
        components: {
          peerStore: { get: async () => await host.get() },
          pubsub: { getTopics: () => ['/ours'], getSubscribers: () => host.subscribers }
        } as never,
        partners: {
          protocol: PROTOCOL,
          open: async () => done.push('opened') > 0,
          endUnlessUsed: async () => void done.push('ended unless used')
        }
      })
      const stopping = new AbortController()
      const connection = {
        remotePeer: peer,
        get status() {
          return host.status
        }
      } as Connection
      const over = strangers.review(connection, stopping.signal)
      over.catch(() => done.push('failed'))
      await check(t, { host, done, over, pass, stop: () => stopping.abort() })
    })
  })
}

function notFound(): Error {
  return Object.assign(new Error('unknown'), { name: 'NotFoundError' })
}
