/** Records that are dear to check: by the kind of their key, or since they are looked at for long before they are refused. */
import { randomBytes } from 'node:crypto'
import { generateKeyPair } from '@libp2p/crypto/keys'
import type { PrivateKey } from '@libp2p/interface'
import type { Test } from 'tap'
import { until } from '../libp2p/nodes.ts'
import { type NodeApart, startApart } from './toolkit/apart.ts'
import { connectionCpuMs, cpuOf, linkAnew } from './toolkit/asking.ts'
import { attack } from './toolkit/attack.ts'
import { measured, scaled, untilOr } from './toolkit/duration.ts'
import { ping, records } from './toolkit/frames.ts'
import { identityOf, recordOf, recordSignedBy, sealed } from './toolkit/identity.ts'
import { startStranger } from './toolkit/stranger.ts'

/** What a stranger may cost in all, signatures included, but for its connections. */
const MAX_SHARE = scaled(0.2, 0.05)

/** On each connection. */
const AT_ONCE = 50

interface Flood {
  readonly what: string
  /** So many envelopes, each of them new. */
  make(count: number): Promise<Uint8Array[]>
  /** First whatever credit there is, then what it costs in the long run. */
  readonly credit: number
  readonly count: number
}

const floods: Flood[] = [
  {
    what: 'records signed with RSA keys of 3,072 bits',
    make: rsaRecords,
    credit: scaled(100, 500),
    count: scaled(300, 3_000)
  },
  {
    what: 'records of another version, as large as they may be',
    make: async n => many(n, otherVersion),
    credit: scaled(300, 5_000),
    count: scaled(1_000, 20_000)
  },
  {
    what: 'forged records',
    make: async n => many(n, forged),
    credit: scaled(300, 5_000),
    count: scaled(1_000, 20_000)
  },
  {
    what: 'records of Ed25519 keys, each of an unknown peer',
    make: async n => many(n, fresh),
    credit: scaled(2_000, 20_000),
    count: scaled(4_000, 100_000)
  }
]

for (const { what, make, credit, count } of floods) {
  attack(`${what}, under one peer id after the other, cost a node little`, async t => {
    const envelopes = await make(credit + count)
    const victim = await startApart(t, { name: 'victim' })
    await flood(t, victim, envelopes.slice(0, credit))
    const bareCpuMs = await connectionCpuMs(t, victim, scaled(10, 100))
    const fromMs = performance.now()
    const cpuMs = await cpuOf(victim, async () => await flood(t, victim, envelopes.slice(credit)))
    const share = (cpuMs - (bareCpuMs * count) / AT_ONCE) / (performance.now() - fromMs)
    measured(t, 'share of a core, %', 100 * share)
    t.ok(share <= MAX_SHARE, 'it costs little')
    const honest = await startStranger(t)
    ;(await honest.link(victim)).send(records([recordOf(honest.identity)]))
    await until(() => victim.book.has(honest.identity.peer))
  })
}

/** Some on each connection. */
async function flood(t: Test, victim: NodeApart, envelopes: readonly Uint8Array[]): Promise<void> {
  await linkAnew(t, victim, envelopes.length / AT_ONCE, async (link, round) => {
    link.send(records(envelopes.slice(round * AT_ONCE, (round + 1) * AT_ONCE)))
    // The answer comes once the records before it were read.
    link.send(ping)
    await untilOr(1_000, () => !link.isOpen || (link.heard.pong ?? 0) > 0)
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
