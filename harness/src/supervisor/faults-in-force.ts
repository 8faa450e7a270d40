/** What is broken at the moment. Each fault is proven before it is healed and after; none is left when the run has ended. */
import type { NodeName } from '../contract.ts'
import type { Fault, FaultInForce, Proof } from '../faults/fault.ts'
import type { RunRecord } from '../history/record.ts'
import type { NodeHandle, Runner } from '../runners/runner.ts'

/** An undo, or an injection that was given up, may take so long. */
const HEAL_WITHIN_MS = 10_000

/** A proof that takes longer is inconclusive. */
const PROVE_WITHIN_MS = 5_000

/** A fault that was injected, or is being injected. */
export interface InjectedFault {
  /** Of its step, or another that is unique in the run. */
  readonly id: string
  readonly fault: Fault
  readonly nodes: readonly NodeName[]
  /** Not healed before the end of the run. */
  readonly isLasting: boolean
}

/** Whether the node is gone as long as the fault is in force. */
export function kills({ fault, nodes }: InjectedFault, node: NodeName): boolean {
  return (fault.type === 'kill' || fault.type === 'power-off') && nodes.includes(node)
}

interface Entry extends InjectedFault {
  /** Undefined if nothing of it is in force. */
  readonly inForce: Promise<FaultInForce | undefined>
  /** It was not in force when the run was over: undone as soon as it is, and nobody waits. */
  isGivenUp: boolean
  /** At the end of the run, so that healing does not do it once more. */
  isProven: boolean
  healing?: Promise<void>
}

export interface FaultOptions {
  runner: Pick<Runner, 'faults'>
  record: RunRecord
  /** The last process of each node; follows what happens. */
  handles: ReadonlyMap<NodeName, NodeHandle>
  /** Nobody waits for an injection any more. */
  isEnding: () => boolean
}

export class FaultsInForce {
  readonly #options: FaultOptions
  readonly #entries = new Set<Entry>()
  readonly #healing = new Set<Promise<void>>()

  constructor(options: FaultOptions) {
    this.#options = options
  }

  /** Those that were not healed. */
  get list(): readonly InjectedFault[] {
    return [...this.#entries]
  }

  /**
   * Resolves when the fault is in force.
   *
   * @throws {Error} with the reason, if it could not be injected in time
   */
  async inject(injected: InjectedFault, withinMs: number): Promise<void> {
    const { runner, record, handles, isEnding } = this.#options
    const { id, fault, nodes } = injected
    record.add({ type: 'fault-injected', fault: id, nodes: [...nodes], what: fault })
    let failure: Error | undefined
    const injection = start(() => runner.faults.inject(fault, handles)).catch((error: Error) => {
      failure = error
      return undefined
    })
    const entry: Entry = { ...injected, inForce: injection, isGivenUp: false, isProven: false }
    void injection.then(inForce => (entry.isGivenUp ? inForce?.undo() : undefined)).catch(() => {})
    this.#entries.add(entry)
    const inForce = await this.#within(withinMs, injection, isEnding)
    if (failure !== undefined) {
      if (this.#entries.delete(entry)) this.#healed(entry)
      throw failure
    }
    if (inForce === 'late') throw new Error(`it was not in force within ${withinMs / 1_000} s, or before the run ended`)
  }

  /** At the end of the run: whether those that are in force have had an effect, into the history. */
  async proveAll(): Promise<void> {
    const proofs = [...this.#entries].map(async entry => {
      entry.isProven = true
      await this.#prove(entry, 'injection')
    })
    await Promise.all(proofs)
  }

  /**
   * Heals it, if it is in force; settles when that is proven.
   *
   * @param revive - starts the nodes again that the fault has killed
   * @throws {Error} with the reason, if it could not be healed; it stays in the list
   */
  async heal(id: string, revive: () => Promise<void> = async () => {}): Promise<void> {
    const entry = [...this.#entries].find(each => each.id === id)
    if (entry !== undefined) await this.#healOnce(entry, revive)
  }

  /** Heals what is in force, and awaits what is being healed. The reasons why some could not be, by fault. */
  async healAll(): Promise<Map<string, string>> {
    await Promise.allSettled(this.#healing)
    const failures = new Map<string, string>()
    const healings = [...this.#entries].map(async entry => {
      try {
        await this.#healOnce(entry, async () => {})
      } catch (error) {
        entry.isGivenUp = true
        failures.set(entry.id, (error as Error).message)
      }
    })
    await Promise.all(healings)
    return failures
  }

  async #healOnce(entry: Entry, revive: () => Promise<void>): Promise<void> {
    if (entry.healing === undefined) {
      const healing = this.#heal(entry, revive).finally(() => {
        delete entry.healing
        this.#healing.delete(healing)
      })
      entry.healing = healing
      this.#healing.add(healing)
    }
    await entry.healing
  }

  async #heal(entry: Entry, revive: () => Promise<void>): Promise<void> {
    const inForce = await this.#within(HEAL_WITHIN_MS, entry.inForce)
    if (inForce === 'late') throw new Error('it is still being injected')
    if (inForce !== undefined) {
      if (!entry.isProven) await this.#prove(entry, 'injection')
      const undone = start(() => inForce.undo()).then(() => 'undone' as const)
      if ((await this.#within(HEAL_WITHIN_MS, undone)) === 'late')
        throw new Error(`it was not healed within ${HEAL_WITHIN_MS / 1_000} s`)
    }
    if (!this.#entries.delete(entry)) return
    this.#healed(entry)
    await revive()
    if (inForce !== undefined) await this.#prove(entry, 'undo')
  }

  #healed({ id, nodes }: Entry): void {
    this.#options.record.add({ type: 'fault-healed', fault: id, nodes: [...nodes] })
  }

  async #prove(entry: Entry, of: 'injection' | 'undo'): Promise<void> {
    const inForce = await this.#within(PROVE_WITHIN_MS, entry.inForce)
    if (inForce === 'late' || inForce === undefined) return
    const proof = start(() => inForce.prove()).catch(
      (error: Error): Proof => ({ result: 'inconclusive', seen: `could not be looked at: ${error.message}` })
    )
    const found = await this.#within(PROVE_WITHIN_MS, proof)
    const late: Proof = { result: 'inconclusive', seen: `could not be looked at within ${PROVE_WITHIN_MS / 1_000} s` }
    const { result, seen } = found === 'late' ? late : found
    this.#options.record.add({ type: 'fault-proof', fault: entry.id, of, result, seen })
  }

  async #within<T>(ms: number, promise: Promise<T>, isOver = () => false): Promise<T | 'late'> {
    const { record } = this.#options
    let isSettled = false
    const look = () => {
      isSettled = true
      record.look()
    }
    promise.then(look, look)
    await record.until(() => isSettled || isOver(), ms)
    return isSettled ? await promise : 'late'
  }
}

/** A throw is a rejection. */
async function start<T>(call: () => Promise<T>): Promise<T> {
  return await call()
}
