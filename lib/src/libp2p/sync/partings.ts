/**
 * How two partners part. Each says `release`, and whether it needs the connection for something else: only that side can know, and
 * the dialler must not close what the other side needs.
 */
import type { PeerKey } from '../../core/index.ts'
import { within } from '../host/within.ts'

/** Time for a partner to say whether it needs the connection, and to read what was said to it before. */
const ANSWER_TIMEOUT_MS = 1_000

interface Parting {
  /** Settles once this side has said `release`; undefined before it begins to. */
  saying: Promise<void> | undefined
  /** Resolves once the partner has said it, to whether it needs the connection. */
  readonly answered: Promise<boolean>
  readonly answer: (isNeeded: boolean) => void
}

export class Partings {
  /** BOUNDED by the peers with a sync stream. */
  readonly #partings = new Map<PeerKey, Parting>()

  /**
   * This side says `release`.
   *
   * @param said - settles once the word is on its way
   */
  say(peer: PeerKey, said: Promise<void>): void {
    this.#of(peer).saying = said
  }

  /** The partner has said `release`. */
  hear(peer: PeerKey, isNeeded: boolean): void {
    this.#of(peer).answer(isNeeded)
  }

  /** Forgets a peer whose last stream has ended. */
  end(peer: PeerKey): void {
    this.#partings.delete(peer)
  }

  /**
   * Whether the partner says that it needs the connection. A partner that does not answer in time says nothing, and one that was
   * told nothing, since it was silent, is not asked.
   */
  async isNeeded(peer: PeerKey): Promise<boolean> {
    const { saying, answered } = this.#of(peer)
    if (saying === undefined) return false
    try {
      await within(ANSWER_TIMEOUT_MS, 'saying that a link ends', saying)
      return await within(ANSWER_TIMEOUT_MS, 'hearing whether a partner needs a connection', answered)
    } catch {
      return false
    }
  }

  #of(peer: PeerKey): Parting {
    const known = this.#partings.get(peer)
    if (known !== undefined) return known
    let answer = (_isNeeded: boolean) => {}
    const answered = new Promise<boolean>(resolve => {
      answer = resolve
    })
    const parting = { saying: undefined, answered, answer }
    this.#partings.set(peer, parting)
    return parting
  }
}
