/** Which processes of this host belong to the nodes of a run, also those that a node has set free. */
import { setTimeout as delay } from 'node:timers/promises'
import type { NodeName } from '../../contract.ts'
import type { Leftover } from '../runner.ts'
import { readMark } from './mark.ts'
import { type ProcessStat, readProcesses } from './stat.ts'

/** A process of a node, of which there is one more after every restart. */
export interface ProcessOwner {
  readonly node: NodeName
  readonly run: number
}

/** What a node was ending when it ended itself is gone within this. */
const ENDING_MS = 100

/** A process may start another one while it is being killed. */
const MAX_KILLS = 20

interface Known {
  readonly startedTicks: string
  readonly owner: ProcessOwner | undefined
}

export class OwnedProcesses {
  readonly #runId: string
  /** By the first process of each node. */
  readonly #roots = new Map<number, ProcessOwner>()
  readonly #living = new Set<ProcessOwner>()
  /** BOUNDED by the processes of the host: a process that is gone is forgotten with the next look. */
  #known = new Map<number, Known>()

  constructor(runId: string) {
    this.#runId = runId
  }

  /** Names the first process of a node; returns what to call when it has ended. */
  began(owner: ProcessOwner, pid: number): () => void {
    this.#roots.set(pid, owner)
    this.#living.add(owner)
    return () => {
      this.#roots.delete(pid)
      this.#living.delete(owner)
    }
  }

  /**
   * Every living process of the run, with its owner. It belongs to a node by its environment, its process group or its parent, and
   * stays with that node when it gives up all three. Undefined where the system lists no processes.
   */
  look(): { owner: ProcessOwner; stat: ProcessStat }[] | undefined {
    const stats = readProcesses()
    if (stats === undefined) return undefined
    const byPid = new Map(stats.map(stat => [stat.pid, stat]))
    const known = new Map<number, Known>()
    const ownerOf = (stat: ProcessStat): ProcessOwner | undefined => {
      const { pid, startedTicks } = stat
      const before = known.get(pid) ?? this.#known.get(pid)
      if (before?.startedTicks === startedTicks) {
        known.set(pid, before)
        return before.owner
      }
      // Before its parent is asked: ids can be given anew, and parents can then form a circle.
      known.set(pid, { startedTicks, owner: undefined })
      const parent = byPid.get(stat.parentPid)
      const owner = this.#namedOwner(stat) ?? (parent === undefined ? undefined : ownerOf(parent))
      known.set(pid, { startedTicks, owner })
      return owner
    }
    const owned = stats.flatMap(stat => {
      const owner = ownerOf(stat)
      return owner === undefined ? [] : [{ owner, stat }]
    })
    this.#known = known
    return owned
  }

  /** Of these nodes, by name: processes of earlier runs of them too. */
  lookAt(nodes: Iterable<NodeName>): Map<NodeName, ProcessStat[]> | undefined {
    const found = this.look()
    if (found === undefined) return undefined
    const byNode = new Map<NodeName, ProcessStat[]>([...nodes].map(node => [node, []]))
    for (const { owner, stat } of found) byNode.get(owner.node)?.push(stat)
    return byNode
  }

  /** Kills what nodes that have ended have left behind, and names it. Never rejects. */
  async reap(): Promise<Leftover[]> {
    if (this.#leftovers().length === 0) return []
    await delay(ENDING_MS)
    const killed = new Map<number, Leftover>()
    for (let kills = 0; kills < MAX_KILLS; kills++) {
      const left = this.#leftovers()
      if (left.length === 0) break
      for (const leftover of left) {
        killed.set(leftover.pid, leftover)
        signalProcess(leftover.pid, 'SIGKILL')
      }
      await delay(ENDING_MS / 10)
    }
    return [...killed.values()]
  }

  #leftovers(): Leftover[] {
    const found = (this.look() ?? []).filter(({ owner }) => !this.#living.has(owner))
    return found.map(({ owner: { node }, stat: { pid } }) => ({ node, pid }))
  }

  #namedOwner({ pid, groupId }: ProcessStat): ProcessOwner | undefined {
    const root = this.#roots.get(pid) ?? this.#roots.get(groupId)
    if (root !== undefined) return root
    const mark = readMark(pid)
    if (mark?.runId !== this.#runId) return undefined
    const isSame = ({ node, run }: ProcessOwner) => node === mark.node && run === mark.run
    return [...this.#living].find(isSame) ?? { node: mark.node, run: mark.run }
  }
}

/** A process that is gone, or belongs to another user by now, is left alone. */
export function signalProcess(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal)
  } catch {}
}
