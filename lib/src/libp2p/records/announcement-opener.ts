/**
 * Opens announcements, heartbeats of known subjects at little more than the cost of their signature.
 *
 * A heartbeat repeats the announcement before it, byte for byte, but for its number and its signature. So nothing of it has
 * to be decoded again, and the key of a subject that was verified once is kept in the form in which Node verifies fastest.
 */
import { Recent, type SignedAnnouncement, signedAnnouncement } from '../../core/index.ts'
import { AnnouncementDecodeError } from '../errors.ts'
import { decodeAnnouncement, type UnverifiedAnnouncement } from './announcement-codec.ts'
import { byteTag } from './byte-tag.ts'
import { ed25519Verifier, type Verifier } from './ed25519.ts'
import {
  type Ed25519Envelope,
  ed25519Envelope,
  KEY_AT,
  SIGNATURE_BYTES,
  SIGNED_EARLIER_BYTES,
  signedBytes
} from './ed25519-envelope.ts'

/** Subjects kept, at about 1 KiB each. In a network of more than these, heartbeats of each are rare. */
const SUBJECTS = 4_096

/** In a payload the number comes first: a map of 8 pairs, of which `seq` has the shortest key. */
const SEQ_AT = 5
const MAX_SEQ_BYTES = 5

interface Subject {
  last: SignedAnnouncement
  readonly verify: Verifier
  /** What its announcements have in common before the number. */
  readonly seqAt: number
  /** What its last announcement signs, and where in it the number is. */
  readonly signed: Uint8Array
  readonly signedSeqAt: number
}

export class AnnouncementOpener {
  /** BOUNDED by `SUBJECTS`, twice. By tag of the key, and only ever of a verified announcement. */
  readonly #subjects = new Recent<number, Subject>(SUBJECTS)

  /**
   * Everything but the signature: look first whether the record is news.
   *
   * @throws {AnnouncementDecodeError} for whatever is wrong with the bytes, except `bad-signature`
   */
  decode(bytes: Uint8Array): UnverifiedAnnouncement {
    const subject = this.#subjects.get(keyTag(bytes))
    const seq = subject === undefined ? undefined : heartbeatSeq(bytes, subject)
    if (seq !== undefined) return this.#heartbeat(bytes, subject!, seq)
    const unverified = decodeAnnouncement(bytes)
    const envelope = ed25519Envelope(bytes)
    if (envelope === undefined) return unverified
    return { ...unverified, verify: () => this.#first(bytes, unverified, envelope) }
  }

  #heartbeat(bytes: Uint8Array, subject: Subject, seq: number): UnverifiedAnnouncement {
    const announcement = { ...subject.last.announcement, seq }
    return {
      announcement,
      verify: () => {
        const { last, seqAt, signed, signedSeqAt, verify } = subject
        for (let i = 0; i < MAX_SEQ_BYTES; i++) signed[signedSeqAt + i] = bytes[seqAt + i]!
        if (!verify(signed, bytes.subarray(-SIGNATURE_BYTES))) throw new AnnouncementDecodeError('bad-signature')
        subject.last = { ...last, announcement, envelope: bytes }
        return subject.last
      }
    }
  }

  /** Whatever is no heartbeat, of a subject that is known or not. */
  #first(
    bytes: Uint8Array,
    unverified: UnverifiedAnnouncement,
    { key, payloadAt, signature }: Ed25519Envelope
  ): ReturnType<UnverifiedAnnouncement['verify']> {
    const verify = ed25519Verifier(key)
    if (verify === undefined) return unverified.verify()
    const signed = signedBytes(bytes)
    if (!verify(signed, signature)) throw new AnnouncementDecodeError('bad-signature')
    const last = signedAnnouncement(unverified.announcement, bytes)
    const seqAt = payloadAt + SEQ_AT
    this.#subjects.set(keyTag(bytes), { last, verify, seqAt, signed, signedSeqAt: seqAt - SIGNED_EARLIER_BYTES })
    return last
  }
}

function keyTag(envelope: Uint8Array): number {
  return byteTag(envelope, KEY_AT)
}

/** The number of an envelope that is the subject's last one but for number and signature, whose own field is in its place. */
function heartbeatSeq(bytes: Uint8Array, { last, seqAt }: Subject): number | undefined {
  const { envelope } = last
  if (bytes.byteLength !== envelope.byteLength || !areEqual(bytes, envelope, 0, seqAt)) return undefined
  const seqBytes = uintBytes(bytes[seqAt]!)
  if (seqBytes !== uintBytes(envelope[seqAt]!)) return undefined
  const restAt = seqAt + seqBytes
  return areEqual(bytes, envelope, restAt, bytes.byteLength - SIGNATURE_BYTES)
    ? canonicalUint(bytes, seqAt, restAt)
    : undefined
}

/** Bytes of a CBOR number by its first one; 1 also for what is none or is too large, which {@link canonicalUint} refuses. */
function uintBytes(head: number): number {
  return head >= 0x18 && head <= 0x1a ? 1 + 2 ** (head - 0x18) : 1
}

function canonicalUint(bytes: Uint8Array, from: number, to: number): number | undefined {
  if (to === from + 1) return bytes[from]! < 0x18 ? bytes[from] : undefined
  let value = 0
  for (let at = from + 1; at < to; at++) value = value * 256 + bytes[at]!
  const least = to - from === 2 ? 0x18 : 2 ** (4 * (to - from - 1))
  return value >= least ? value : undefined
}

function areEqual(a: Uint8Array, b: Uint8Array, from: number, to: number): boolean {
  for (let at = from; at < to; at++) if (a[at] !== b[at]) return false
  return true
}
