/**
 * Opens announcements: envelope, payload, signature. Strict: what would not be encoded to the very same bytes is refused, so
 * one announcement has one encoding.
 *
 * Of subjects that were verified once it keeps the parsed key and the last payload, so that their heartbeats cost little more
 * than their signatures.
 */
import { concat } from 'uint8arrays/concat'
import { equals } from 'uint8arrays/equals'
import type { KeyKind } from '../../core/bounds/prices.ts'
import { Recent } from '../../core/bounds/recent.ts'
import { type Announcement, type SignedAnnouncement, signedAnnouncement } from '../../core/record/announcement.ts'
import { AnnouncementDecodeError } from '../errors.ts'
import { byteTag } from './byte-tag.ts'
import { type Envelope, openEnvelope, signedPrefix } from './envelope.ts'
import { multihashOf, type SignerKey, signerKey, type Verifier, verifierOf } from './keys/signer-key.ts'
import { type Payload, readHeartbeat, readPayload } from './payload.ts'

/** Subjects kept, at about 1 KiB each. In a network of more than these, heartbeats of each are rare. */
const SUBJECTS = 4_096

/** A subject that has signed an announcement. */
interface Subject {
  /** As libp2p's protobuf. */
  readonly key: Uint8Array
  readonly verify: Verifier
  /** Of its last announcement. */
  payload: Payload
}

/** An announcement whose signature has not been checked yet. */
export interface UnverifiedAnnouncement {
  readonly announcement: Announcement
  /** Of the announcement, whoever has signed it. */
  readonly contentHash: number
  /** What checking the signature costs depends on it. */
  readonly keyKind: KeyKind
  /**
   * @throws {AnnouncementDecodeError} `bad-signature`
   */
  readonly verify: () => SignedAnnouncement | Promise<SignedAnnouncement>
}

export class AnnouncementOpener {
  /** BOUNDED by `SUBJECTS`, twice. By tag of the key, and only ever of a verified announcement. */
  readonly #subjects = new Recent<number, Subject>(SUBJECTS)
  readonly #signedPrefix: Uint8Array

  /** @param topic - the network: announcements of others are forgeries here */
  constructor(topic: string) {
    this.#signedPrefix = signedPrefix(topic)
  }

  /**
   * Everything but the signature, which costs ten to a hundred times as much: look first whether the record is news.
   *
   * @throws {AnnouncementDecodeError} for any fault but `bad-signature`
   */
  decode(bytes: Uint8Array): UnverifiedAnnouncement {
    const envelope = openEnvelope(bytes)
    const key = signerKey(envelope.key)
    if (key === undefined) throw new AnnouncementDecodeError('unsupported-key')
    const subject = this.#subjectOf(key)
    const heartbeat = subject === undefined ? undefined : readHeartbeat(envelope.payload, subject.payload)
    const payload = heartbeat ?? readPayload(envelope.payload, multihashOf(key))
    return {
      announcement: payload.announcement,
      contentHash: payload.contentHash,
      keyKind: key.kind,
      verify: () => this.#verify(bytes, envelope, key, subject, payload)
    }
  }

  #verify(
    bytes: Uint8Array,
    envelope: Envelope,
    key: SignerKey,
    subject: Subject | undefined,
    payload: Payload
  ): SignedAnnouncement | Promise<SignedAnnouncement> {
    const verify = subject?.verify ?? parsedKey(key)
    const verified = (isGenuine: boolean): SignedAnnouncement => {
      if (!isGenuine) throw new AnnouncementDecodeError('bad-signature')
      if (subject === undefined) this.#subjects.set(tagOf(key.bytes), { key: key.bytes, verify, payload })
      else subject.payload = payload
      return signedAnnouncement(payload.announcement, bytes, payload.contentHash)
    }
    const isGenuine = genuine(verify, concat([this.#signedPrefix, envelope.prefixedPayload]), envelope.signature)
    return typeof isGenuine === 'boolean' ? verified(isGenuine) : isGenuine.then(verified)
  }

  #subjectOf({ bytes }: SignerKey): Subject | undefined {
    const subject = this.#subjects.get(tagOf(bytes))
    return subject !== undefined && equals(subject.key, bytes) ? subject : undefined
  }
}

/** Some bytes of the key that no two keys of a kind have in common. */
function tagOf(key: Uint8Array): number {
  return byteTag(key, key.length - 12)
}

/**
 * @throws {AnnouncementDecodeError} `bad-signature`: nothing is signed by a key that is no point of its curve
 */
function parsedKey(key: SignerKey): Verifier {
  try {
    return verifierOf(key)
  } catch {
    throw new AnnouncementDecodeError('bad-signature')
  }
}

/** Some keys throw, or reject, when a signature has another length than theirs. */
function genuine(verify: Verifier, data: Uint8Array, signature: Uint8Array): boolean | Promise<boolean> {
  try {
    const isGenuine = verify(data, signature)
    return typeof isGenuine === 'boolean' ? isGenuine : isGenuine.catch(() => false)
  } catch {
    return false
  }
}
