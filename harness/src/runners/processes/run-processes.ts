/** The processes of one run: each is marked, known by its node, and guarded, so that it does not outlive the run. */
import type { NodeName } from '../../contract.ts'
import { type Guardian, startGuardian } from '../guardian.ts'
import type { Leftover } from '../runner.ts'
import { markOf, markPrefix, newRunId } from './mark.ts'
import { OwnedProcesses, type ProcessOwner } from './owned.ts'

export class RunProcesses {
  readonly #runId = newRunId()
  readonly owned = new OwnedProcesses(this.#runId)
  readonly #groups = new Set<number>()
  #guardian: Guardian | undefined

  /** What the environment of a process of the node holds. */
  markOf(node: NodeName, run: number): Record<string, string> {
    return markOf(this.#runId, node, run)
  }

  /** To be called before the first process is started: what the harness does not live to end is ended all the same. */
  guard(): void {
    this.#guardian ??= startGuardian(markPrefix(this.#runId))
  }

  /** Names the first process of a node, which leads a process group; returns what to call when it has ended. */
  began(owner: ProcessOwner, pid: number): () => void {
    this.#guardian?.guard(this.#groups.add(pid))
    const disown = this.owned.began(owner, pid)
    return () => {
      disown()
      this.#groups.delete(pid)
      this.#guardian?.guard(this.#groups)
    }
  }

  /** Kills what nodes that have ended have left behind, and names it. Never rejects. */
  async reap(): Promise<Leftover[]> {
    return await this.owned.reap()
  }

  /** The nodes must have ended. */
  async close(): Promise<void> {
    await this.reap()
    await this.#guardian?.close()
  }
}
