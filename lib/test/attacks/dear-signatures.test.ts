/** Records that are dear to check: by the kind of their key, or since they are looked at for long before they are refused. */
import { randomBytes } from 'node:crypto'
import { generateKeyPair } from '@libp2p/crypto/keys'
import type { PrivateKey } from '@libp2p/interface'
import type { Test } from 'tap'
import { until } from '../libp2p/nodes.ts'
import { type NodeApart, startApart } from './toolkit/apart.ts'
import { byteCpuMs, connectionCpuMs, cpuOf, linkAnew } from './toolkit/asking.ts'
import { attack } from './toolkit/attack.ts'
import { keepOn, measured, scaled } from './toolkit/duration.ts'
import { records } from './toolkit/frames.ts'
import { identityOf, recordOf, recordSignedBy, sealed } from './toolkit/identity.ts'
import { startStranger } from './toolkit/stranger.ts'

/** What a stranger may cost in all, signatures included, but for what libp2p takes for the connections and the bytes. */
const MAX_SHARE = scaled(0.2, 0.05)

/** To learn what libp2p takes for a byte. */
const SINK_BYTES = 2e7

/** In a frame. */
const AT_ONCE = 50

/** How long a connection is used before the next one, and how many there are before the credit is spent, and after. */
const CONNECTION_MS = scaled(500, 1_000)
const CREDIT = scaled(40, 40)
const CONNECTIONS = scaled(5, 60)

const floods: [what: string, make: () => Promise<Uint8Array[]>][] = [
  ['records signed with RSA keys of 3,072 bits', async () => await rsaRecords(scaled(200, 1_000))],
  ['records of another version, as large as they may be', async () => many(scaled(200, 1_000), otherVersion)],
  ['forged records', async () => many(scaled(1_000, 5_000), forged)],
  ['records of Ed25519 keys, each of an unknown peer', async () => many(scaled(10_000, 100_000), fresh)]
]

for (const [what, make] of scaled(floods.slice(1, 2), floods)) {
  attack(`${what}, under one peer id after the other, cost a node little`, async t => {
    const envelopes = await make()
    const victim = await startApart(t, { name: 'victim' })
    await flood(t, victim, envelopes, CREDIT, 0)
    const bareCpuMs = await connectionCpuMs(t, victim, scaled(8, 50))
    const oneByteCpuMs = await byteCpuMs(t, victim, SINK_BYTES)
    const fromMs = performance.now()
    let sent = 0
    const cpuMs = await cpuOf(victim, async () => {
      sent = await flood(t, victim, envelopes, CONNECTIONS, CREDIT)
    })
    const lasted = performance.now() - fromMs
    measured(
      t,
      'of libp2p alone, for connections and bytes, %',
      (100 * (bareCpuMs * CONNECTIONS + oneByteCpuMs * sent)) / lasted
    )
    const share = (cpuMs - bareCpuMs * CONNECTIONS - oneByteCpuMs * sent) / lasted
    measured(t, 'share of a core, %', 100 * share)
    t.ok(share <= MAX_SHARE, 'it costs little')
    const honest = await startStranger(t)
    ;(await honest.link(victim)).send(records([recordOf(honest.identity)]))
    await until(() => victim.book.has(honest.identity.peer))
  })
}

/** As many on each connection as it takes, none of them before all others; returns how many bytes. */
async function flood(
  t: Test,
  victim: NodeApart,
  envelopes: readonly Uint8Array[],
  connections: number,
  from: number
): Promise<number> {
  let at = (from * envelopes.length) / (CREDIT + CONNECTIONS)
  at -= at % AT_ONCE
  const { sent } = await linkAnew(t, victim, connections, async link => {
    await keepOn(CONNECTION_MS, 5, () => {
      if (!link.send(records(envelopes.slice(at, at + AT_ONCE)))) return
      at = (at + AT_ONCE) % envelopes.length
    })
  })
  return sent
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
