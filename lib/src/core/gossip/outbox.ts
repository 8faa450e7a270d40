/** Records on their way to several partners. Most of these are told the same, in messages that are made once. */

import type { Output } from '../effects.ts'
import type { AgedRecord } from '../record/aged-record.ts'
import { hash32, type PeerKey } from '../record/announcement.ts'
import type { SyncMessage } from './sync.ts'

/** Records of one forwarder, or of nobody in between. */
interface Load {
  readonly forwarder: PeerKey | undefined
  readonly records: AgedRecord[]
}

/** Records in order of arrival. BOUNDED by its owner, who sends them soon. */
export class Outbox {
  #loads: Load[] = []
  #size = 0

  get size(): number {
    return this.#size
  }

  add(aged: AgedRecord, forwarder: PeerKey | undefined): void {
    const last = this.#loads.at(-1)
    if (last !== undefined && last.forwarder === forwarder) last.records.push(aged)
    else this.#loads.push({ forwarder, records: [aged] })
    this.#size++
  }

  /** Whether this very record was added last. */
  endsIn({ record }: AgedRecord): boolean {
    return this.#loads.at(-1)?.records.at(-1)?.record === record
  }

  /** Whether anything here has another forwarder. */
  holdsNewsFor(partner: PeerKey): boolean {
    return this.#loads.some(({ forwarder }) => forwarder !== partner)
  }

  /** To each partner all that it did not bring and that is not about itself. Nothing is left. */
  unload(partners: ReadonlySet<PeerKey>, messagesOf: (records: readonly AgedRecord[]) => SyncMessage[]): Output[] {
    if (this.#size === 0) return []
    const loads = this.#loads
    const records = everythingOf(loads)
    this.#loads = []
    this.#size = 0
    const forwarders = new Set(loads.map(({ forwarder }) => forwarder))
    const subjects = new Set(subjectsAmong(partners, records))
    const messages = messagesOf(records)
    const out: Output[] = []
    for (const to of partners) {
      const fromOthers = forwarders.has(to) ? everythingOf(loads.filter(({ forwarder }) => forwarder !== to)) : records
      const aboutOthers = subjects.has(to) ? fromOthers.filter(aged => subjectOf(aged) !== to) : fromOthers
      const toldIt = aboutOthers === records ? messages : messagesOf(aboutOthers)
      for (const message of toldIt) out.push({ type: 'send', to, message })
    }
    return out
  }
}

function everythingOf(loads: readonly Load[]): readonly AgedRecord[] {
  const [only] = loads
  if (only !== undefined && loads.length === 1) return only.records
  return ([] as AgedRecord[]).concat(...loads.map(({ records }) => records))
}

/** The partners that some of the records are about. */
function subjectsAmong(partners: ReadonlySet<PeerKey>, records: readonly AgedRecord[]): PeerKey[] {
  // Few of many records are: most are told apart by some bits of a hash.
  let hashes = 0
  for (const partner of partners) hashes |= 1 << hash32(partner)
  const subjects: PeerKey[] = []
  for (const aged of records) {
    if ((hashes & (1 << aged.record.peerHash)) !== 0 && partners.has(subjectOf(aged))) subjects.push(subjectOf(aged))
  }
  return subjects
}

function subjectOf({ record }: AgedRecord): PeerKey {
  return record.announcement.peer
}
