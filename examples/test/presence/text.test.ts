import fc from 'fast-check'
import { test } from 'tap'
import { profileOf } from '../../presence/page/profile.ts'
import { relayAddr } from '../../presence/page/relay-addr.ts'
import { shownText } from '../../presence/page/text.ts'

test('whatever a stranger sends is shown in one line, in bounds, and without control characters', async t => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.integer({ min: 1, max: 200 }), (text, maxBytes) => {
      const shown = shownText(text, maxBytes)
      const isBounded = new TextEncoder().encode(shown).byteLength <= maxBytes
      const isPlain = !/[\p{Cc}\p{Zl}\p{Zp}\p{Cs}\u202a-\u202e\u2066-\u2069\ufeff]/u.test(shown)
      return isBounded && isPlain && shown === shown.trim() && shownText(shown, maxBytes) === shown
    })
  )
  t.pass()
})

test('whole characters are kept, as people see them', async t => {
  t.equal(shownText('👩‍👩‍👧👩‍👩‍👧', 40), '👩‍👩‍👧👩‍👩‍👧')
  t.equal(shownText('👩‍👩‍👧👩‍👩‍👧', 35), '👩‍👩‍👧', 'and not cut within')
  t.equal(shownText(`Z${'\u0301'.repeat(50)}`, 64), `Z${'\u0301'.repeat(3)}`)
  t.equal(shownText('a\u0000b\r\nc\u202ed', 64), 'a b c d')
  t.equal(shownText('\ud83d', 64), '', 'half of a character')
})

test('metadata that is no profile is shown as one all the same', async t => {
  t.same(profileOf({ name: 'Alice', state: 'toString', note: new Uint8Array(3) }), {
    name: 'Alice',
    state: 'available',
    note: ''
  })
})

test('the relay is behind the address that the page came from', async t => {
  for (const [url, addr] of [
    ['http://localhost:8080', '/ip4/127.0.0.1/tcp/8080/ws/p2p/R'],
    ['http://127.0.0.1', '/ip4/127.0.0.1/tcp/80/ws/p2p/R'],
    ['http://[::1]:8080', '/ip6/::1/tcp/8080/ws/p2p/R'],
    ['https://example.org', '/dns/example.org/tcp/443/tls/ws/p2p/R'],
    ['https://example.org:8443', '/dns/example.org/tcp/8443/tls/ws/p2p/R']
  ] as const) {
    t.equal(relayAddr(new URL(url), 'R'), addr)
  }
})
