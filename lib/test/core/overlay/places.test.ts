/** How many links a node keeps, whatever its peers do. */

import assert from 'node:assert/strict'
import fc from 'fast-check'
import { test } from 'tap'
import type { Overlay } from '../../../src/core/overlay/overlay.ts'
import { seededRandom } from '../../../src/core/random.ts'
import { bookOf, chosen, hangUpsOf, inbound, newOverlay, releasesOf } from '../overlays.ts'

const GRACE_MS = 10_000
const HANG_UP_INTERVAL_MS = 5_000

const anyStep = fc.record({
  kind: fc.constantFrom('inbound', 'chosen', 'closed', 'release', 'silent', 'shape'),
  peer: fc.nat(30).map(String),
  waitMs: fc.nat(5_000)
})

/** Those who connect to a node and leave it, and what they know of its links. */
class Peers {
  readonly #connected = new Set<string>()
  /** One side has asked for the end of the link. */
  readonly #parting = new Set<string>()
  /** Cut off, and not yet disconnected. */
  readonly #silent = new Set<string>()
  readonly #hungUpAtMs = new Map<string, number>()
  readonly #overlay: Overlay
  readonly #chosenTarget: number

  constructor(overlay: Overlay, targetConnections: number) {
    this.#overlay = overlay
    this.#chosenTarget = Math.min(2, targetConnections)
  }

  take({ kind, peer }: { kind: string; peer: string }, nowMs: number): void {
    const isConnected = this.#connected.has(peer)
    if (kind === 'inbound') {
      this.#opened(peer)
      inbound(this.#overlay, peer, nowMs)
    }
    if (kind === 'chosen' && !isConnected) {
      this.#opened(peer)
      chosen(this.#overlay, peer, nowMs)
    }
    if (kind === 'closed') this.#close(peer, nowMs)
    if (kind === 'release') {
      this.#parting.add(peer)
      this.#overlay.release(peer, nowMs)
    }
    if (kind === 'silent' && isConnected) {
      this.#silent.add(peer)
      this.#hungUpAtMs.set(peer, nowMs)
      this.#overlay.hangUp(peer, nowMs)
    }
  }

  /** One step of the node, which must not end links of its own choice while there are no more of them than it wants. */
  shape(nowMs: number): void {
    const chosenOnes = [...this.#connected].filter(peer => this.#overlay.isChosen(peer))
    const outputs = this.#overlay.shape(bookOf(), nowMs)
    const asked = releasesOf(outputs).filter(peer => !this.#parting.has(peer))
    if (chosenOnes.length <= this.#chosenTarget) assert.ok(!asked.some(peer => chosenOnes.includes(peer)))
    for (const peer of asked) this.#parting.add(peer)
    for (const peer of hangUpsOf(outputs)) this.#hungUpAtMs.set(peer, nowMs)
    this.#assertSomebody(nowMs)
  }

  /** The host has hung up on all who were silent. */
  endSilent(nowMs: number): void {
    for (const peer of [...this.#silent]) this.#close(peer, nowMs)
  }

  #opened(peer: string): void {
    this.#connected.add(peer)
    this.#silent.delete(peer)
  }

  #close(peer: string, nowMs: number): void {
    for (const peers of [this.#connected, this.#silent, this.#parting, this.#hungUpAtMs]) peers.delete(peer)
    this.#overlay.closed(peer, nowMs)
    this.#assertSomebody(nowMs)
  }

  /** Whoever is there is a partner when nobody else is, unless its link is just closing. */
  #assertSomebody(nowMs: number): void {
    const closingSinceMs = nowMs - HANG_UP_INTERVAL_MS
    const staying = [...this.#connected].filter(peer => (this.#hungUpAtMs.get(peer) ?? -1) <= closingSinceMs)
    if (staying.length > 0) assert.ok(this.#overlay.size > 0)
    if (this.#connected.size === 0) assert.equal(this.#overlay.size, 0)
  }
}

test('whatever comes and goes, kept links stay within their places and chosen ones are never asked by strangers’ doing', async () => {
  fc.assert(
    fc.property(
      fc.array(anyStep, { maxLength: 200 }),
      fc.integer({ min: 1, max: 4 }),
      fc.integer(),
      (steps, target, seed) => {
        const overlay = newOverlay({ targetConnections: target }, seededRandom(seed))
        const peers = new Peers(overlay, target)
        let nowMs = 20_000
        for (const step of steps) {
          nowMs += step.waitMs
          peers.take(step, nowMs)
          peers.shape(nowMs)
        }
        peers.endSilent(nowMs)
        // Twice: a node all of whose links have ended takes all of them back.
        for (const laterMs of [0, GRACE_MS, 2 * GRACE_MS])
          for (let i = 0; i < 40; i++) overlay.shape(bookOf(), nowMs + laterMs)
        assert.ok(overlay.size <= 2 * Math.max(target, Math.min(2, target) + 1), `${overlay.size} partners`)
      }
    ),
    { numRuns: 200 }
  )
})
