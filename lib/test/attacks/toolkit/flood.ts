/** Strangers in a process of their own, who hand to nodes what they have invented: their work costs the nodes no time. */
import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { Stopping } from './stopping.ts'
import type { Target } from './stranger.ts'

/** Whom to flood, and how. */
export interface FloodOrder {
  readonly targets: readonly Target[]
  readonly strangers: number
  /** Peers that each stranger invents. */
  readonly each: number
  /** How many of these it publishes by gossip, one each 10 ms. */
  readonly published: number
  /** Where all of them are; each at an address of its own if undefined. */
  readonly ip: string | undefined
  /** A stranger waits for so long for a node to take what it hands on. */
  readonly patienceMs: number
}

export interface Flood {
  /** Resolves when everything has been handed over, or is not taken any more. */
  readonly over: Promise<void>
}

const programPath = fileURLToPath(new URL('./flood-program.ts', import.meta.url))

/** Resolves when the first word is said: keys and links are ready. */
export async function startFlood(t: Stopping, order: FloodOrder): Promise<Flood> {
  const child: ChildProcess = fork(programPath, { execArgv: ['--conditions=@gossip/source'] })
  t.teardown(() => child.kill('SIGKILL'))
  const over = once(child, 'exit').then(() => {})
  child.send(order)
  const begun = once(child, 'message').then(() => true)
  const isBegun = await Promise.race([begun, over.then(() => false)])
  if (!isBegun) throw new Error('the flood did not begin')
  return { over }
}
