/**
 * A model of gossipsub 1.1 with one topic, as @libp2p/gossipsub runs it by default: a mesh of bounded degree, flood
 * publishing, and lazy gossip of message ids. docs/SIMULATION.md says what it leaves out, and compares it with the original.
 */
import type { Random } from '@gossip-discovery/libp2p/core'
import { sample } from '../chance.ts'
import type { IssuedRecord } from '../host/issuer.ts'
import type { NodeProcess } from '../host/node-process.ts'
import type { ConnectionEnd } from './connection.ts'
import { type GossipControl, GossipMessage } from './gossip-message.ts'
import { BYTES, messageIdsBytes } from './sizes.ts'

const D = 6
const D_LOW = 4
const D_HIGH = 12
const D_OUT = 2
const D_LAZY = 6
const GOSSIP_FACTOR = 0.25
const HEARTBEAT_INITIAL_MS = 100
const HEARTBEAT_MS = 1_000
const HISTORY_HEARTBEATS = 5
const GOSSIP_HEARTBEATS = 3
const PRUNE_BACKOFF_MS = 60_000

/** A connected peer. To send takes a stream of our own to it. */
interface Peer {
  readonly end: ConnectionEnd
  canSend: boolean
  isSubscribed: boolean
  isInMesh: boolean
  notBeforeMs: number
}

export class Gossipsub {
  readonly #process: NodeProcess
  readonly #random: Random
  /** By machine. */
  readonly #peers = new Map<number, Peer>()
  #mesh: Peer[] = []
  /** Messages of the last heartbeats, the newest first. */
  readonly #history: GossipMessage[][] = [[]]

  constructor(process: NodeProcess, random: Random) {
    this.#process = process
    this.#random = random
  }

  start(): void {
    this.#process.timer(this.#process.nowMs + HEARTBEAT_INITIAL_MS, () => this.#heartbeat())
  }

  /** A first connection to the peer is open. */
  addPeer(end: ConnectionEnd): void {
    this.#peers.set(end.remote.index, {
      end,
      canSend: false,
      isSubscribed: false,
      isInMesh: false,
      notBeforeMs: 0
    })
  }

  /** The last connection to the peer is gone. */
  removePeer(machine: number): void {
    const peer = this.#peers.get(machine)
    if (peer === undefined) return
    this.#peers.delete(machine)
    this.#leaveMesh(peer)
  }

  /** A stream to the peer is open. */
  canSend(end: ConnectionEnd): void {
    const peer = this.#peers.get(end.remote.index)
    if (peer?.end !== end || peer.canSend) return
    peer.canSend = true
    this.#send(peer, { type: 'subscribe' })
  }

  /** Returns to how many peers the announcement was sent. */
  publish(record: IssuedRecord): number {
    const { world, nowMs } = this.#process
    const message = new GossipMessage(record, world.machines.length, nowMs)
    this.#history[0]!.push(message)
    let recipients = 0
    for (const peer of this.#peers.values()) {
      if (!peer.isSubscribed || !peer.canSend) continue
      peer.end.sendCopy(message)
      recipients++
    }
    return recipients
  }

  receiveCopy(message: GossipMessage, from: ConnectionEnd): void {
    if (!this.#process.driver.takeGossip(from.remote.machine.peer, message.record)) return
    this.#history[0]!.push(message)
    for (const peer of this.#mesh) {
      if (peer.end.remote.index !== from.remote.index) peer.end.sendCopy(message)
    }
  }

  receiveControl(control: GossipControl, from: ConnectionEnd): void {
    const peer = this.#peers.get(from.remote.index)
    if (peer === undefined) return
    switch (control.type) {
      case 'subscribe':
        peer.isSubscribed = true
        if (this.#mesh.length < D_LOW && this.#isGraftable(peer)) this.#graft(peer)
        break
      case 'graft':
        this.#receiveGraft(peer)
        break
      case 'prune':
        this.#leaveMesh(peer)
        peer.notBeforeMs = this.#process.nowMs + PRUNE_BACKOFF_MS
        break
      case 'ihave':
        this.#receiveIHave(peer, control.messages)
        break
      case 'iwant':
        for (const message of control.messages) {
          if (this.#history.some(messages => messages.includes(message))) peer.end.sendCopy(message)
        }
        break
    }
  }

  #receiveGraft(peer: Peer): void {
    if (peer.isInMesh) return
    const isFull = this.#mesh.length >= D_HIGH && !peer.end.isDialler
    if (isFull || peer.notBeforeMs > this.#process.nowMs) this.#prune(peer)
    else this.#joinMesh(peer)
  }

  #receiveIHave(peer: Peer, messages: readonly GossipMessage[]): void {
    const { index, nowMs } = this.#process
    const missing = messages.filter(message => !message.isSeen(index, nowMs))
    if (missing.length > 0) this.#send(peer, { type: 'iwant', messages: missing })
  }

  #heartbeat(): void {
    this.#process.timer(this.#process.nowMs + HEARTBEAT_MS, () => this.#heartbeat())
    if (this.#mesh.length < D_LOW) this.#graftSome(D - this.#mesh.length, () => true)
    if (this.#mesh.length > D_HIGH) this.#pruneToD()
    if (this.#mesh.length >= D_LOW) {
      const outbound = this.#mesh.filter(peer => peer.end.isDialler).length
      if (outbound < D_OUT) this.#graftSome(D_OUT - outbound, peer => peer.end.isDialler)
    }
    this.#gossip()
    this.#history.unshift([])
    if (this.#history.length > HISTORY_HEARTBEATS) this.#history.pop()
  }

  #graftSome(count: number, isWanted: (peer: Peer) => boolean): void {
    const candidates = [...this.#peers.values()].filter(peer => this.#isGraftable(peer) && isWanted(peer))
    for (const peer of sample(candidates, count, this.#random)) this.#graft(peer)
  }

  /** Keeps D at random, D_OUT of them dialled from here if there are as many. */
  #pruneToD(): void {
    const shuffled = sample(this.#mesh, this.#mesh.length, this.#random)
    const outbound = shuffled.filter(peer => peer.end.isDialler).slice(0, D_OUT)
    const kept = new Set([...outbound, ...shuffled.filter(peer => !outbound.includes(peer))].slice(0, D))
    for (const peer of shuffled) if (!kept.has(peer)) this.#prune(peer)
  }

  #gossip(): void {
    const messages = this.#history.slice(0, GOSSIP_HEARTBEATS).flat()
    if (messages.length === 0) return
    const candidates = [...this.#peers.values()].filter(peer => peer.isSubscribed && peer.canSend && !peer.isInMesh)
    const count = Math.max(D_LAZY, Math.floor(GOSSIP_FACTOR * candidates.length))
    for (const peer of sample(candidates, count, this.#random)) this.#send(peer, { type: 'ihave', messages })
  }

  #isGraftable(peer: Peer): boolean {
    return peer.isSubscribed && peer.canSend && !peer.isInMesh && peer.notBeforeMs <= this.#process.nowMs
  }

  #graft(peer: Peer): void {
    this.#joinMesh(peer)
    this.#send(peer, { type: 'graft' })
  }

  #prune(peer: Peer): void {
    this.#leaveMesh(peer)
    peer.notBeforeMs = this.#process.nowMs + PRUNE_BACKOFF_MS
    this.#send(peer, { type: 'prune' })
  }

  #joinMesh(peer: Peer): void {
    peer.isInMesh = true
    this.#mesh.push(peer)
  }

  #leaveMesh(peer: Peer): void {
    if (!peer.isInMesh) return
    peer.isInMesh = false
    this.#mesh = this.#mesh.filter(other => other !== peer)
  }

  #send(peer: Peer, control: GossipControl): void {
    if (!peer.canSend) return
    const bytes = 'messages' in control ? messageIdsBytes(control.messages.length) : BYTES.control
    peer.end.send(control, bytes, 'control')
  }
}
