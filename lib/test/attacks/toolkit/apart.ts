/** A node in a process of its own: it can be killed, and what is done to it costs nobody else's time. */
import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { GossipDiscoveryInit, GossipDiscoveryStats } from '../../../src/index.ts'
import { until } from '../../libp2p/nodes.ts'
import type { Stopping } from './stopping.ts'

/** What a node apart is started with. */
export interface ApartOptions extends GossipDiscoveryInit {
  /** 32 bytes of an Ed25519 key; one of its own if undefined. */
  seed?: Uint8Array
  ip?: string
  /** Whether anybody can dial it. Default true. */
  listens?: boolean
}

/** What a node apart says of itself when it is asked. */
export interface Usage {
  /** Processor time of its process, all threads, since its start, garbage collection included. */
  readonly cpuMs: number
  /** Memory outside and inside of the heap, after a collection. */
  readonly heldBytes: number
  /** Longest turn of its event loop since it was asked before, by processor time, without garbage collection. */
  readonly longestTurnMs: number
  /** Longest pause by garbage collection since then. */
  readonly longestGcMs: number
  readonly bookSize: number
  readonly partners: readonly string[]
  readonly stats: GossipDiscoveryStats
}

/** What a node apart sends of its own accord. */
export type ApartEvent =
  | { readonly type: 'ready'; readonly peer: string; readonly addr: string }
  | { readonly type: 'joined' | 'left' | 'expired' | 'evicted'; readonly peer: string; readonly name: string }
  | { readonly type: 'warning'; readonly code: string }
  | { readonly type: 'usage'; readonly usage: Usage }

export interface NodeApart {
  readonly peer: string
  /** Empty if nobody can dial it. */
  readonly addr: string
  /** Its book, replayed from its events: peer to name. */
  readonly book: ReadonlyMap<string, string>
  /** Everything that it has told, oldest first. */
  readonly events: readonly ApartEvent[]
  /**
   * @throws {Error} when the node does not answer in time: its event loop stands still
   */
  usage(withinMs?: number): Promise<Usage>
  /** Whether longest turns are measured from now on, which keeps one core busy. */
  watchTurns(isWatched: boolean): void
  addPeer(addr: string): void
  signal(signal: NodeJS.Signals): void
  readonly isRunning: boolean
}

/** A protocol of which a node apart reads every byte, and does nothing with it. */
export const SINK = '/attacks/sink/1'

/** Longer than a node takes for anything that it survives. */
const ANSWER_WITHIN_MS = 30_000

const programPath = fileURLToPath(new URL('./apart-program.ts', import.meta.url))

/** A node that is killed with the test. */
export async function startApart(t: Stopping, options: ApartOptions = {}): Promise<NodeApart> {
  const child = fork(programPath, {
    execArgv: ['--conditions=@gossip/source', '--expose-gc', '--max-old-space-size=1024'],
    serialization: 'advanced'
  })
  t.teardown(() => child.kill('SIGKILL'))
  const events: ApartEvent[] = []
  const book = new Map<string, string>()
  child.on('message', (event: ApartEvent) => {
    events.push(event)
    if (event.type === 'joined') book.set(event.peer, event.name)
    else if (event.type === 'left' || event.type === 'expired' || event.type === 'evicted') book.delete(event.peer)
  })
  child.send(options)
  await until(() => events.length > 0 || child.exitCode !== null)
  const [ready] = events
  if (ready?.type !== 'ready') throw new Error('the node apart did not start')
  return {
    peer: ready.peer,
    addr: ready.addr,
    book,
    events,
    usage: async (withinMs = ANSWER_WITHIN_MS) => await usageOf(child, withinMs),
    watchTurns: isWatched => child.send({ watchTurns: isWatched }),
    addPeer: addr => child.send({ addPeer: addr }),
    signal: signal => child.kill(signal),
    get isRunning() {
      return child.exitCode === null && child.signalCode === null
    }
  }
}

async function usageOf(child: ChildProcess, withinMs: number): Promise<Usage> {
  const signal = AbortSignal.timeout(withinMs)
  child.send({ usage: true })
  for (;;) {
    const [event] = (await once(child, 'message', { signal })) as [ApartEvent]
    if (event.type === 'usage') return event.usage
  }
}
