/** What is fuzzed: how inputs are made, what the library reads in them, and what an independent reading expects. */
import { publicKeyFromProtobuf } from '@libp2p/crypto/keys'
import { type Random, randomBelow } from '../../src/core/random.ts'
import { CborError } from '../../src/libp2p/cbor/cbor-reader.ts'
import { AnnouncementDecodeError } from '../../src/libp2p/errors.ts'
import { AnnouncementOpener } from '../../src/libp2p/records/announcement-opener.ts'
import { decodeSnapshot } from '../../src/libp2p/records/snapshot-codec.ts'
import { decodeSyncFrame, SyncFrameError } from '../../src/libp2p/sync/frames.ts'
import { mutated, pick } from './mutate.ts'
import { expectedAnnouncement } from './oracle-announcement.ts'
import { expectedFrame, expectedSnapshot } from './oracle-frame.ts'
import { anyFields, anyFrame, anySnapshot, enveloped, payloadOf, type Signer, sealed, signerOf } from './valid.ts'

/** One entrance of the library for bytes from outside. */
export interface Target {
  readonly name: string
  readonly valid: (random: Random) => Uint8Array
  /** Nearly right. */
  readonly hostile: (random: Random) => Uint8Array
  /** What the library makes of an input; undefined when it refuses it. Any error thrown is a foreign one. */
  readonly read: (bytes: Uint8Array) => unknown
  /** The same by the independent reading. */
  readonly expected: (bytes: Uint8Array) => unknown
}

const TOPIC = '/fuzz'
const SIGNERS = [1, 2, 3, 4].map(signerOf)
const PAYLOAD_TYPE = Buffer.from('/gossip-discovery/announcement/1')

/** Of so many signatures one is checked, which costs more than the rest; the bytes decide, so that a replay does the same. */
const SIGNATURES_PER_CHECK = 8

export const TARGETS: readonly Target[] = [envelopeTarget(), heartbeatTarget(), frameTarget(), snapshotTarget()]

/** Announcements of anybody, each opened by a reader that has heard of nobody. */
function envelopeTarget(): Target {
  const valid = (random: Random) => anyEnvelope(pick(SIGNERS, random), random)
  return {
    name: 'envelope',
    valid,
    hostile: random => (random() < 0.3 ? mutated(valid(random), random) : withHostilePayload(anyFields, random)),
    read: bytes => opened(new AnnouncementOpener(TOPIC), bytes),
    expected: expectedOpening
  }
}

/** Heartbeats of four subjects, opened by a reader that remembers their announcements, and by one that does not. */
function heartbeatTarget(): Target {
  const opener = new AnnouncementOpener(TOPIC)
  const fields = new Map(SIGNERS.map(signer => [signer, anyFields(signer, () => 0.4)]))
  const heartbeat = (signer: Signer, random: Random) => {
    const { seq, ttlMs } = anyFields(signer, random)
    return { ...fields.get(signer)!, seq, ttlMs }
  }
  for (const signer of SIGNERS) void opener.decode(sealed(payloadOf(fields.get(signer)!), signer, TOPIC)).verify()
  return {
    name: 'heartbeat',
    valid: random => {
      const signer = pick(SIGNERS, random)
      return sealed(payloadOf(heartbeat(signer, random)), signer, TOPIC)
    },
    hostile: random => withHostilePayload(heartbeat, random),
    read: bytes => {
      const [known, unknown] = [opener, new AnnouncementOpener(TOPIC)].map(opener => faultOf(opener, bytes))
      if (known !== unknown) throw new Error(`${known} of a known subject, ${unknown} of an unknown one`)
      return opened(opener, bytes)
    },
    expected: expectedOpening
  }
}

function frameTarget(): Target {
  return {
    name: 'frame',
    valid: anyFrame,
    hostile: random => mutated(anyFrame(random), random),
    read: bytes => unless(SyncFrameError, () => decodeSyncFrame(bytes)),
    expected: expectedFrame
  }
}

function snapshotTarget(): Target {
  return {
    name: 'snapshot',
    valid: anySnapshot,
    hostile: random => mutated(anySnapshot(random), random),
    read: bytes => unless(CborError, () => decodeSnapshot(bytes)),
    expected: expectedSnapshot
  }
}

function anyEnvelope(signer: Signer, random: Random): Uint8Array {
  return sealed(payloadOf(anyFields(signer, random)), signer, TOPIC)
}

/** A changed payload in an envelope that is right, signed or not. */
function withHostilePayload(
  fieldsOf: (signer: Signer, random: Random) => Record<string, unknown>,
  random: Random
): Uint8Array {
  const signer = pick(SIGNERS, random)
  const payload = mutated(payloadOf(fieldsOf(signer, random)), random)
  if (randomBelow(8, random) === 0) return sealed(payload, signer, TOPIC)
  return enveloped(signer.key, PAYLOAD_TYPE, payload, new Uint8Array(64).fill(randomBelow(256, random)))
}

function opened(opener: AnnouncementOpener, bytes: Uint8Array): unknown {
  return unless(AnnouncementDecodeError, () => {
    const { announcement, keyKind, verify } = opener.decode(bytes)
    if (keyKind === 'secp256k1' && !isPoint(bytes.subarray(2, 39))) return undefined
    if (keyKind !== 'Ed25519' || !isChecked(bytes)) return { announcement }
    const signed = unless(AnnouncementDecodeError, verify) as { contentHash: number } | undefined
    return { announcement, isGenuine: signed !== undefined, ...(signed && { contentHash: signed.contentHash }) }
  })
}

/** In the same shape as {@link opened}. */
function expectedOpening(bytes: Uint8Array): unknown {
  const expected = expectedAnnouncement(bytes, TOPIC, isChecked(bytes))
  if (expected === undefined) return undefined
  const { announcement, isGenuine, contentHash } = expected
  if (isGenuine === undefined) return { announcement }
  return isGenuine ? { announcement, isGenuine, contentHash } : { announcement, isGenuine }
}

function isChecked(bytes: Uint8Array): boolean {
  return bytes.at(-1)! % SIGNATURES_PER_CHECK === 0
}

/** The independent reading parses the key at once; the library when it has to check a signature. */
function isPoint(key: Uint8Array): boolean {
  try {
    publicKeyFromProtobuf(key)
    return true
  } catch {
    return false
  }
}

function faultOf(opener: AnnouncementOpener, bytes: Uint8Array): string {
  try {
    opener.decode(bytes)
    return 'no fault'
  } catch (error) {
    if (error instanceof AnnouncementDecodeError) return error.fault
    throw error
  }
}

/** Undefined when it is refused by an error of this class. */
function unless(refusal: new (...args: never[]) => Error, read: () => unknown): unknown {
  try {
    return read()
  } catch (error) {
    if (error instanceof refusal) return undefined
    throw error
  }
}
