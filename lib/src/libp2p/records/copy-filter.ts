/** Recognises copies of envelopes that were opened lately, at a hundredth of the cost of opening them again. */
import { equals } from 'uint8arrays/equals'
import { Recent } from '../../core/bounds/recent.ts'
import type { SignedAnnouncement } from '../../core/record/announcement.ts'
import { byteTag } from './byte-tag.ts'

/** An announcement comes once from each partner and mesh peer, all within seconds. */
const REMEMBERED = 1024

export class CopyFilter {
  /** BOUNDED by `REMEMBERED`, twice. */
  readonly #records = new Recent<number, SignedAnnouncement>(REMEMBERED)

  /** What the very same bytes were opened to. */
  get(envelope: Uint8Array): SignedAnnouncement | undefined {
    const known = this.#records.get(tagOf(envelope))
    return known !== undefined && equals(known.envelope, envelope) ? known : undefined
  }

  /** Only ever a verified record: nobody else's junk can stand in the way of an announcement. */
  add(record: SignedAnnouncement): void {
    this.#records.set(tagOf(record.envelope), record)
  }
}

/** An envelope ends in its signature, where announcements differ. */
function tagOf(envelope: Uint8Array): number {
  return byteTag(envelope, envelope.byteLength - 4)
}
