/** Recognises copies of envelopes that were opened lately, at a hundredth of the cost of opening them again. */
import { equals } from 'uint8arrays/equals'
import { Recent } from '../../core/index.ts'
import { byteTag } from './byte-tag.ts'

/** An announcement comes once from each partner and mesh peer, all within seconds. */
const REMEMBERED = 1024

export class CopyFilter {
  /** BOUNDED by `REMEMBERED`, twice. */
  readonly #envelopes = new Recent<number, Uint8Array>(REMEMBERED)

  has(envelope: Uint8Array): boolean {
    const known = this.#envelopes.get(tagOf(envelope))
    return known !== undefined && equals(known, envelope)
  }

  /** Only ever a verified envelope: nobody else's junk can stand in the way of an announcement. */
  add(envelope: Uint8Array): void {
    this.#envelopes.set(tagOf(envelope), envelope)
  }

  delete(envelope: Uint8Array): void {
    this.#envelopes.delete(tagOf(envelope))
  }
}

/** An envelope ends in its signature, where announcements differ. */
function tagOf(envelope: Uint8Array): number {
  return byteTag(envelope, envelope.byteLength - 4)
}
