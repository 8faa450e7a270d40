/** Recognises copies of envelopes that were opened lately, at a hundredth of the cost of opening them again. */
import { equals } from 'uint8arrays/equals'

/** An announcement comes once from each partner and mesh peer, all within seconds. */
const MAX_REMEMBERED = 1024

/** Where an envelope ends in its signature; the last bytes tell announcements apart, the whole is compared. */
const KEY_BYTES = 16

export class CopyFilter {
  /** BOUNDED by `MAX_REMEMBERED`, the oldest goes first. */
  readonly #envelopes = new Map<string, Uint8Array>()

  has(envelope: Uint8Array): boolean {
    const known = this.#envelopes.get(keyOf(envelope))
    return known !== undefined && equals(known, envelope)
  }

  /** Only ever a verified envelope: nobody else's junk can stand in the way of an announcement. */
  add(envelope: Uint8Array): void {
    if (this.#envelopes.size >= MAX_REMEMBERED) this.#envelopes.delete(this.#envelopes.keys().next().value!)
    this.#envelopes.set(keyOf(envelope), envelope)
  }

  delete(envelope: Uint8Array): void {
    this.#envelopes.delete(keyOf(envelope))
  }
}

function keyOf(envelope: Uint8Array): string {
  return String.fromCharCode(...envelope.subarray(-KEY_BYTES))
}
