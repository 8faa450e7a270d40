/** Peers whose entry does not come to rest, seen from outside: their own warning `key-in-use` is told to their operator alone. */
import { type PeerKey, Recent } from '../../core/index.ts'

/** Peers whose runs are remembered. */
const KEPT = 256

/** A node begins another run when it restarts, and when another node announces under its key. So many within `WITHIN_MS` are too many. */
const MANY_RUNS = 4
const WITHIN_MS = 60_000

/** A hint comes at most this often, for whichever peer: strangers decide how many of these there are. */
const HINT_INTERVAL_MS = 60_000

interface Runs {
  epoch: number
  /** BOUNDED by `MANY_RUNS`. When each began, the latest last. */
  beganAtMs: number[]
}

export class RestlessPeers {
  /** BOUNDED by `KEPT`, twice. */
  readonly #runs = new Recent<PeerKey, Runs>(KEPT)
  #hintedAtMs = Number.NEGATIVE_INFINITY

  /** A peer's entry is of this run. Returns whether that is one run too many, and the operator is to hear of it. */
  isOneTooMany(peer: PeerKey, epoch: number, nowMs: number): boolean {
    const known = this.#runs.get(peer)
    if (known?.epoch === epoch) return false
    const beganAtMs = [...(known?.beganAtMs ?? []), nowMs].slice(-MANY_RUNS)
    this.#runs.set(peer, { epoch, beganAtMs })
    const isRestless = beganAtMs.length === MANY_RUNS && nowMs - beganAtMs[0]! <= WITHIN_MS
    if (!isRestless || nowMs - this.#hintedAtMs < HINT_INTERVAL_MS) return false
    this.#hintedAtMs = nowMs
    return true
  }
}
