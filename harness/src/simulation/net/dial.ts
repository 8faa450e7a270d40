import type { DialOutcome, DialTarget } from '@gossip-discovery/libp2p/core'
import { COST_MS, type NodeProcess } from '../host/node-process.ts'
import { type ConnectionEnd, connect } from './connection.ts'
import { BYTES } from './sizes.ts'

/** libp2p's defaults: more are refused. */
const MAX_CONNECTIONS = 300
const MAX_PENDING_INBOUND = 10

/** A SYN without an answer is repeated, each time after twice the wait. */
const SYN_RETRY_MS = 1_000

/**
 * From the listener's acceptance until both sides know each other: SYN-ACK, the choice of noise, noise's three messages, each
 * one way; sync's stream is opened along with the last.
 */
const HOPS_TO_UPGRADE = 6

/** A dial on its way. Settled once, by its outcome or by its timeout. */
export class Dial {
  readonly #dialler: NodeProcess
  readonly #target: DialTarget
  #isSettled = false

  constructor(dialler: NodeProcess, target: DialTarget) {
    this.#dialler = dialler
    this.#target = target
  }

  start(timeoutMs: number): void {
    const dialler = this.#dialler
    const machine = this.#listener()
    if (machine !== undefined && dialler.isConnected(machine.index)) {
      dialler.timer(dialler.nowMs, () => this.#settle('reached'))
      return
    }
    dialler.timer(dialler.nowMs + timeoutMs, () => this.#settle('failed'))
    this.#knock(SYN_RETRY_MS)
  }

  /** The dialler's end of the connection is open. */
  opened(end: ConnectionEnd): void {
    if (this.#isSettled) {
      end.close()
      return
    }
    this.#dialler.opened(end)
    this.#settle('reached')
  }

  #listener() {
    const { directory } = this.#dialler.world
    return directory.get(this.#target.id) ?? directory.get(this.#target.addrs[0] ?? '')
  }

  #knock(retryMs: number): void {
    if (this.#isSettled) return
    const { queue, network } = this.#dialler.world
    const machine = this.#listener()
    const from = this.#dialler.index
    const isHeard =
      machine?.isPowered === true && !network.isCut(from, machine.index) && !network.isCut(machine.index, from)
    if (isHeard) this.#after(1, from, () => this.#accept())
    else queue.at(queue.nowMs + retryMs, () => this.#knock(2 * retryMs))
  }

  /** The listener's kernel has the SYN; its process accepts, unless it is paused. */
  #accept(): void {
    const { index, addr, process: listener } = this.#listener()!
    if (listener !== undefined) listener.whenAwake(() => this.#upgrade(listener))
    // A node with another key may listen there now: it is not the one that was dialled.
    else if (this.#dialler.world.directory.get(addr)?.process === undefined) this.#after(1, index, () => this.#refuse())
    else this.#after(HOPS_TO_UPGRADE, index, () => this.#dialler.whenAwake(() => this.#settle('failed')))
  }

  #upgrade(listener: NodeProcess): void {
    const { network } = this.#dialler.world
    if (this.#isSettled) return
    const isFull = listener.connections >= MAX_CONNECTIONS || listener.pendingInbound >= MAX_PENDING_INBOUND
    if (isFull || this.#dialler.world.dialChance() < network.link.dialFailureRatio) {
      this.#after(1, listener.index, () => this.#dialler.whenAwake(() => this.#settle('failed')))
      return
    }
    listener.pendingInbound++
    listener.spend(COST_MS.handshake)
    this.#dialler.spend(COST_MS.handshake)
    this.#after(
      HOPS_TO_UPGRADE,
      listener.index,
      () => listener.whenAwake(() => this.#establish(listener)),
      listener.nowMs
    )
  }

  #establish(listener: NodeProcess): void {
    const dialler = this.#dialler
    listener.pendingInbound--
    if (this.#isSettled || !dialler.isRunning || !dialler.world.network.isWhole(dialler.index, listener.index)) return
    const ends = connect(dialler, listener)
    // First: what the listener has to say must not come before its connection does.
    ends.listener.send({ type: 'opened', dial: this }, BYTES.segment, 'connection')
    listener.opened(ends.listener)
  }

  #refuse(): void {
    this.#dialler.whenAwake(() => this.#settle('refused'))
  }

  #settle(outcome: DialOutcome): void {
    if (this.#isSettled) return
    this.#isSettled = true
    this.#dialler.driver.handle({ type: 'dialled', id: this.#target.id, outcome })
  }

  /** So many messages later, each one way, in turn; the first is sent by `sender`. */
  #after(hops: number, sender: number, happen: () => void, fromMs = this.#dialler.world.queue.nowMs): void {
    const { queue, network } = this.#dialler.world
    const listener = this.#listener()!.index
    const deviation = network.deviation(this.#dialler.index, listener)
    let isDiallersTurn = sender === this.#dialler.index
    let atMs = fromMs
    for (let hop = 0; hop < hops; hop++) {
      atMs += network.transitMs(deviation, BYTES.segment, isDiallersTurn ? this.#dialler.index : listener, atMs)
      isDiallersTurn = !isDiallersTurn
    }
    queue.at(atMs, happen)
  }
}
