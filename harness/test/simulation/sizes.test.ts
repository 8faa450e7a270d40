import { test } from 'tap'
import { BYTES, envelopeBytes, syncMessageBytes } from '../../src/simulation/net/sizes.ts'

// Between two libp2p nodes over noise and yamux; the name was of one character, the address of IPv4 and TCP.
const envelope = new Uint8Array(260)

test('an envelope is as large as a signed one', async t => {
  t.equal(envelopeBytes('a', ['/ip4/127.0.1.1/tcp/40001']), envelope.byteLength)
})

test('an announcement over gossipsub is as large as was measured', async t => {
  t.equal(BYTES.gossip + envelope.byteLength, 349)
})

test('a record and a digest over sync are as large as was measured', async t => {
  const records = { type: 'records', records: [{ record: { envelopeBytes: envelope.byteLength }, ageMs: 500 }] }
  const digest = { type: 'digest', salt: 0, buckets: new Uint32Array(64), sure: new Uint8Array(8), room: 'all' }
  const bytes = syncMessageBytes(records) + syncMessageBytes(digest)
  // And 10 bytes since: what is hearsay, and what is sure.
  t.ok(Math.abs(bytes - 608) < 10, `${bytes} bytes, not 608`)
})

test('a message of a kind that is not known here has a size, too', async t => {
  const small = syncMessageBytes({ type: 'rumour', peers: ['peer-1'] })
  t.equal(syncMessageBytes({ type: 'rumour', peers: ['peer-1', 'peer-10000'] }), small + 40, 'one peer id more')
  t.equal(syncMessageBytes({ type: 'rumour', peers: ['peer-1'], isTrue: true, of: undefined, at: null }), small + 3)
})
