/** Peers with several addresses, which become known at any time. */
import assert from 'node:assert/strict'
import fc from 'fast-check'
import { test } from 'tap'
import { bookOf, chosen, dials, dialsOf, inbound, newOverlay } from '../overlays.ts'

const EARLY_MS = 100

test('the addresses of a named peer are merged, whatever their order, and dialled together', async t => {
  for (const named of [
    ['/dead', '/alive'],
    ['/alive', '/dead']
  ]) {
    const overlay = newOverlay()
    for (const addr of named) overlay.addNamed({ id: 'a', addrs: [addr] })
    const [dial] = dials(overlay.shape(bookOf(), 0))
    t.same([...dial!.target.addrs].sort(), ['/alive', '/dead'])
  }
})

for (const source of ['named', 'found'] as const) {
  test(`an address of a ${source} peer that is being dialled takes part in the dial, once`, async t => {
    const overlay = newOverlay()
    add(overlay, source, ['/dead'])
    t.equal(dials(overlay.shape(bookOf(), 0)).length, 1)
    add(overlay, source, ['/dead', '/alive'])
    const [joined, ...others] = dials(overlay.shape(bookOf(), EARLY_MS))
    t.same(joined?.target, { id: 'a', addrs: ['/alive'] })
    t.same(others, [])
    add(overlay, source, ['/dead', '/alive'])
    t.same(dials(overlay.shape(bookOf(), EARLY_MS)), [])
  })

  test(`an address of a ${source} peer that comes after a dial has failed is tried at once, and counts as a failure more`, async t => {
    const overlay = newOverlay({}, () => 0.5)
    add(overlay, source, ['/dead'])
    dials(overlay.shape(bookOf(), 0))
    overlay.dialled('a', false, 0)
    add(overlay, source, ['/dead'])
    t.equal(dials(overlay.shape(bookOf(), EARLY_MS)).length, source === 'named' ? 1 : 0, 'the same one waits')
    overlay.dialled('a', false, EARLY_MS)
    add(overlay, source, ['/alive'])
    t.match(dials(overlay.shape(bookOf(), EARLY_MS)), [{ target: { id: 'a' } }])
  })
}

test('a peer that is named without addresses is left to the host, until it was reached', async t => {
  const overlay = newOverlay()
  overlay.addNamed({ id: 'a', addrs: [] })
  const [dial] = dials(overlay.shape(bookOf(), 0))
  t.match(dial, { target: { id: 'a', addrs: [] }, trusted: [], hearsay: [], purpose: 'connect' })
  overlay.dialled('a', false, 0)
  t.same(dialsOf(overlay.shape(bookOf(), 60_000)), ['a'], 'perhaps it is known by then')
  overlay.dialled('a', true, 60_000)
  inbound(overlay, 'a', 60_000)
  t.same(dialsOf(overlay.shape(bookOf(), 120_000)), [])
})

test('a named peer without addresses is dialled where the book knows it to be', async t => {
  const overlay = newOverlay()
  overlay.addNamed({ id: 'a', addrs: [] })
  t.match(dials(overlay.shape(bookOf('a'), 0)), [{ target: { id: 'a', addrs: ['/a'] } }])
})

test('a peer that is only found, without addresses, is not dialled', async t => {
  const overlay = newOverlay()
  overlay.addFound({ id: 'a', addrs: [] })
  t.same(dials(overlay.shape(bookOf(), 0)), [])
})

test('however many addresses strangers find for a peer, one dial is under way, of sixteen addresses at most, each once', async () => {
  const anyAddr = fc.nat(40).map(n => `/${n}`)
  fc.assert(
    fc.property(fc.array(fc.array(anyAddr, { maxLength: 20 }), { maxLength: 20 }), findings => {
      const overlay = newOverlay()
      chosen(overlay, 'x')
      overlay.closed('x', 0)
      const dialled: string[] = []
      for (const addrs of findings) {
        overlay.addFound({ id: 'a', addrs })
        const outputs = dials(overlay.shape(bookOf(), 0)).filter(({ target }) => target.id === 'a')
        assert.ok(outputs.length <= 1)
        for (const { target } of outputs) {
          assert.ok(target.addrs.length <= 16)
          dialled.push(...target.addrs)
        }
      }
      assert.equal(new Set(dialled).size, dialled.length)
    })
  )
})

function add(overlay: ReturnType<typeof newOverlay>, source: 'named' | 'found', addrs: string[]): void {
  if (source === 'named') overlay.addNamed({ id: 'a', addrs })
  else overlay.addFound({ id: 'a', addrs }, 'found', EARLY_MS)
}
