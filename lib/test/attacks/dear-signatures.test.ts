/** Records that are dear to check: by the kind of their key, or since they are looked at for long before they are refused. */
import { randomBytes } from 'node:crypto'
import { generateKeyPair } from '@libp2p/crypto/keys'
import type { PrivateKey } from '@libp2p/interface'
import type { Test } from 'tap'
import { until } from '../libp2p/nodes.ts'
import { startApart } from './toolkit/apart.ts'
import { attack } from './toolkit/attack.ts'
import { keepOn, measured, passing, scaled } from './toolkit/duration.ts'
import { sendRecords } from './toolkit/feeder.ts'
import { records } from './toolkit/frames.ts'
import { identityOf, recordOf, recordSignedBy, sealed } from './toolkit/identity.ts'
import { startStranger } from './toolkit/stranger.ts'

/** What a stranger may cost in all, signatures included, with what libp2p takes for the bytes. */
const MAX_SHARE = scaled(0.25, 0.1)

const IP = '127.99.2.1'

interface Flood {
  readonly what: string
  /** So many envelopes, each of them new. */
  make(count: number): Promise<Uint8Array[]>
  readonly count: number
}

const floods: Flood[] = [
  { what: 'records signed with RSA keys of 3,072 bits', make: rsaRecords, count: scaled(150, 2_000) },
  { what: 'records of another version, as large as they may be', make: async n => many(n, otherVersion), count: 2_000 },
  { what: 'forged records', make: async n => many(n, forged), count: 2_000 },
  { what: 'records of Ed25519 keys, each of an unknown peer', make: async n => many(n, fresh), count: 5_000 }
]

for (const { what, make, count } of floods) {
  attack(`${what}, under one peer id after the other, cost a node little`, async t => {
    const envelopes = await make(count)
    const victim = await startApart(t, { name: 'victim' })
    // First whatever credit there is, then what it costs in the long run.
    await flood(t, victim, envelopes, scaled(2_000, 20_000))
    const [before, fromMs] = [await victim.usage(), performance.now()]
    await flood(t, victim, envelopes, scaled(3_000, 60_000))
    const share = ((await victim.usage()).cpuMs - before.cpuMs) / (performance.now() - fromMs)
    measured(t, 'share of a core, %', 100 * share)
    t.ok(share <= MAX_SHARE, 'it costs little')
    const honest = await startStranger(t)
    ;(await honest.link(victim)).send(records([recordOf(honest.identity)]))
    await until(() => victim.book.has(honest.identity.peer))
  })
}

/** One connection after the other, all from one address. */
async function flood(
  t: Test,
  victim: Awaited<ReturnType<typeof startApart>>,
  envelopes: readonly Uint8Array[],
  forMs: number
): Promise<void> {
  await keepOn(forMs, 0, async n => {
    const stranger = await startStranger(t, { ip: IP, gossips: false })
    const link = await stranger.link(victim).catch(() => undefined)
    if (link !== undefined) {
      const from = (n * 97) % envelopes.length
      const sending = sendRecords(link, [...envelopes.slice(from), ...envelopes.slice(0, from)])
      await Promise.race([sending, passing(500)])
    }
    await stranger.stop()
  })
}

function many(count: number, make: (n: number) => Uint8Array): Uint8Array[] {
  return Array.from({ length: count }, (_, n) => make(n))
}

function fresh(): Uint8Array {
  return recordOf(identityOf())
}

function forged(): Uint8Array {
  const envelope = recordOf(identityOf())
  envelope.set(randomBytes(32), envelope.length - 32)
  return envelope
}

/** Whatever the payload of another version may be: as much as fits. */
function otherVersion(): Uint8Array {
  return sealed(identityOf(), randomBytes(1_750), { payloadType: '/gossip-discovery/announcement/2' })
}

async function rsaRecords(count: number): Promise<Uint8Array[]> {
  const keys: PrivateKey[] = []
  while (keys.length < 4) keys.push(await generateKeyPair('RSA', 3_072))
  const envelopes: Uint8Array[] = []
  for (let n = 0; n < count; n++) {
    const key = keys[n % keys.length]!
    envelopes.push(await recordSignedBy(key, { seq: 1 + n }))
  }
  return envelopes
}
