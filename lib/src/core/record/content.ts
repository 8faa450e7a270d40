/** The one check of what is announced: of the records that come in, and of what an application wants to go out. */
import {
  type Complaint,
  flag,
  NO_CONTROL_CHARACTER,
  NO_HALF_PAIR,
  type OptionRule,
  type OptionRules,
  optionFaults,
  sentences,
  shown,
  wholeBetween
} from '../options.ts'
import { type Announcement, type AnnouncementFault, BOUNDS, type Content, type Metadata } from './announcement.ts'
import { isPlainText, isWellFormed, utf8Bytes } from './text.ts'

/** What each fault of a content asks for: the rest of a sentence that begins with the field. */
const MUST = {
  'bad-text': NO_HALF_PAIR,
  'name-too-long': `be at most ${BOUNDS.nameBytes} bytes of UTF-8`,
  'control-character': NO_CONTROL_CHARACTER,
  'too-many-addrs': `be at most ${BOUNDS.addrs} addresses`,
  'bad-addr': 'not be empty',
  'metadata-too-large': `be at most ${BOUNDS.metadataBytes} bytes in all`
} as const

type ContentFault = keyof typeof MUST

/** The first bound that the announcement breaks, or undefined. */
export function announcementFault(announcement: Announcement): AnnouncementFault | undefined {
  const { epoch, seq, ttlMs, name, addrs, metadata } = announcement
  if (!isCount(epoch)) return 'bad-epoch'
  if (!isCount(seq)) return 'bad-seq'
  if (!isCount(ttlMs) || ttlMs < BOUNDS.ttlMinMs || ttlMs > BOUNDS.ttlMaxMs) return 'ttl-out-of-bounds'
  return nameFault(name) ?? addrsFault(addrs) ?? metadataFault(metadata)
}

/** Everything that no receiver would take of an announcement, in sentences that name field, bound and value. */
export function announcementFaults(announcement: Announcement): string[] {
  const fields: Readonly<Record<string, unknown>> = { ...announcement }
  return Object.entries(ANNOUNCEMENT_RULES).flatMap(([field, rule]) =>
    sentences(field, fields[field], rule(fields[field], fields))
  )
}

/** {@link announcementFaults} of what an application changes of its content; whatever it leaves out stays. */
export function changeFaults(change: unknown): string[] {
  return optionFaults(change, { name: nameRule, metadata: metadataRule }, 'the change')
}

/**
 * For what is to be announced.
 *
 * @returns the content itself
 * @throws {RangeError} naming each field, the bound that it breaks, and its value
 */
export function checkedContent(content: Content): Content {
  const { name, addrs, metadata } = content
  const faults = optionFaults({ name, addrs, metadata }, CONTENT_RULES)
  if (faults.length > 0) throw new RangeError(faults.join('; '))
  return content
}

/** Metadata of their own: a later change of what was given changes nothing that is announced. */
export function metadataOf(given: Readonly<Record<string, string | Uint8Array>> | Metadata): Metadata {
  const pairs = given instanceof Map ? given : Object.entries(given)
  return new Map([...pairs].map(([key, value]) => [key, typeof value === 'string' ? value : Uint8Array.from(value)]))
}

/** The label of a node. */
export const nameRule: OptionRule = value => {
  if (typeof value !== 'string') return [{ must: 'be a text' }]
  const fault = nameFault(value)
  if (fault === 'name-too-long') return [{ must: MUST[fault], got: `${utf8Bytes(value)} bytes, ${shown(value)}` }]
  return complaints(fault)
}

/** An object or a map from texts to texts or bytes. */
export const metadataRule: OptionRule = value => {
  if (!isMetadata(value)) return [{ must: 'be an object of texts and bytes (Uint8Array)' }]
  const pairs: [unknown, unknown][] = value instanceof Map ? [...value] : Object.entries(value)
  const wrong = pairs.flatMap(([key, item]) => pairComplaints(key, item))
  if (wrong.length > 0) return wrong
  const bytes = pairs.reduce((sum, [key, item]) => sum + bytesOf(key as string) + bytesOf(item as string), 0)
  return bytes > BOUNDS.metadataBytes ? [{ must: MUST['metadata-too-large'], got: `${bytes} bytes` }] : []
}

const addrsRule: OptionRule = value => {
  if (!Array.isArray(value)) return [{ must: 'be an array of addresses' }]
  if (value.length > BOUNDS.addrs) return [{ must: MUST['too-many-addrs'], got: String(value.length) }]
  return value.flatMap((addr: unknown, i) => {
    if (typeof addr !== 'string') return [{ at: `[${i}]`, must: 'be a text', got: shown(addr) }]
    return complaints(addrFault(addr)).map(complaint => ({ ...complaint, at: `[${i}]`, got: shown(addr) }))
  })
}

const CONTENT_RULES: OptionRules<Content> = { name: nameRule, addrs: addrsRule, metadata: metadataRule }

const count = wholeBetween(0, Number.MAX_SAFE_INTEGER)
const ANNOUNCEMENT_RULES: OptionRules<Omit<Announcement, 'peer'>> = {
  epoch: count,
  seq: count,
  ttlMs: wholeBetween(BOUNDS.ttlMinMs, BOUNDS.ttlMaxMs),
  leaving: flag,
  ...CONTENT_RULES
}

function pairComplaints(key: unknown, value: unknown): Complaint[] {
  const at = typeof key === 'string' && /^\w+$/.test(key) ? `.${key}` : `[${shown(key)}]`
  const inKey = typeof key === 'string' ? complaints(textFault(key)) : [{ must: 'be a text' }]
  if (inKey.length > 0) return inKey.map(({ must }) => ({ at: ' key', must, got: shown(key) }))
  if (typeof value === 'string') return isWellFormed(value) ? [] : [{ at, must: NO_HALF_PAIR, got: shown(value) }]
  if (value instanceof Uint8Array) return []
  return [{ at, must: 'be a text or bytes (Uint8Array)', got: shown(value) }]
}

function complaints(fault: ContentFault | undefined): Complaint[] {
  return fault === undefined ? [] : [{ must: MUST[fault] }]
}

function nameFault(name: string): ContentFault | undefined {
  if (!isWellFormed(name)) return 'bad-text'
  if (utf8Bytes(name) > BOUNDS.nameBytes) return 'name-too-long'
  return isPlainText(name) ? undefined : 'control-character'
}

function addrsFault(addrs: readonly string[]): ContentFault | undefined {
  if (addrs.length > BOUNDS.addrs) return 'too-many-addrs'
  for (const addr of addrs) {
    const fault = addrFault(addr)
    if (fault !== undefined) return fault
  }
  return undefined
}

function addrFault(addr: string): ContentFault | undefined {
  return addr.length === 0 ? 'bad-addr' : textFault(addr)
}

function metadataFault(metadata: Metadata): ContentFault | undefined {
  let bytes = 0
  for (const [key, value] of metadata) {
    const fault = textFault(key)
    if (fault !== undefined) return fault
    if (typeof value === 'string' && !isWellFormed(value)) return 'bad-text'
    bytes += bytesOf(key) + bytesOf(value)
  }
  return bytes > BOUNDS.metadataBytes ? 'metadata-too-large' : undefined
}

function textFault(text: string): ContentFault | undefined {
  if (!isWellFormed(text)) return 'bad-text'
  return isPlainText(text) ? undefined : 'control-character'
}

function bytesOf(value: string | Uint8Array): number {
  return typeof value === 'string' ? utf8Bytes(value) : value.byteLength
}

/** What is neither a map nor a plain object may keep its content where nobody finds it. */
function isMetadata(value: unknown): value is object {
  if (typeof value !== 'object' || value === null) return false
  const prototype: unknown = Object.getPrototypeOf(value)
  // A plain object of another realm has another prototype, which has none itself.
  return value instanceof Map || prototype === null || Object.getPrototypeOf(prototype) === null
}

function isCount(value: number): boolean {
  return Number.isSafeInteger(value) && value >= 0
}
