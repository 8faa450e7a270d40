/** A node in a page, of which the browser tells that it is put away, shown again, frozen or closed. */
import { getEventListeners } from 'node:events'
import { type Test, test } from 'tap'
import { addrOf, eventsOf, startNode, type TestNode, until } from '../nodes.ts'

for (const [where, hide, show] of [
  ['window', 'pagehide', 'pageshow'],
  ['document', 'freeze', 'resume']
] as const) {
  test(`a page says farewell within ${hide}, and is listed anew after ${show}`, async t => {
    const { page, alice, bob } = await pageAndPartner(t)
    const events = eventsOf(bob)
    const sent = sentBy(alice)
    page[where].dispatchEvent(new Event(hide))
    t.equal(sent.length, 1, 'its farewell is with the connection when the call returns')
    page[where].dispatchEvent(new Event(hide))
    t.equal(sent.length, 1, 'and is said once')
    await until(() => events.length === 1)
    const { epoch } = alice.services.discovery

    page[where].dispatchEvent(new Event(show))
    await until(() => bob.services.discovery.addressBook.has(alice.peerId))
    t.same(events, ['left alice', 'joined alice'])
    t.ok(alice.services.discovery.epoch > epoch, 'as another run')
  })
}

test('a page that has said farewell by itself stays away when it is shown', async t => {
  const { page, alice, bob } = await pageAndPartner(t)
  const events = eventsOf(bob)
  await alice.services.discovery.leave()
  await until(() => events.length === 1)
  page.window.dispatchEvent(new Event('pagehide'))
  page.window.dispatchEvent(new Event('pageshow'))
  const sent = sentBy(alice)
  await alice.services.discovery.leave()
  t.same(sent, [])
  t.same(events, ['left alice'])
})

test('a page whose node has stopped is heard no more', async t => {
  const { page, alice } = await pageAndPartner(t)
  t.same(listenersOf(page), [1, 1, 1, 1])
  await alice.stop()
  t.same(listenersOf(page), [0, 0, 0, 0])
})

/** The node that starts first is in the page. */
async function pageAndPartner(t: Test) {
  const page = { window: new EventTarget(), document: new EventTarget() }
  Object.assign(globalThis, page)
  t.teardown(leavePage)
  const alice = await startNode(t, { name: 'alice' })
  leavePage()
  const bob = await startNode(t, { name: 'bob', bootstrapPeers: [addrOf(alice)] })
  await until(() => [alice, bob].every(({ services }) => services.discovery.addressBook.size === 1))
  return { page, alice, bob }
}

function listenersOf({ window, document }: Record<'window' | 'document', EventTarget>): number[] {
  return [
    ...['pagehide', 'pageshow'].map(type => getEventListeners(window, type)),
    ...['freeze', 'resume'].map(type => getEventListeners(document, type))
  ].map(({ length }) => length)
}

function leavePage(): void {
  Reflect.deleteProperty(globalThis, 'window')
  Reflect.deleteProperty(globalThis, 'document')
}

/** The bytes of each write to a sync stream, from this call on. */
function sentBy(node: TestNode): number[] {
  const sent: number[] = []
  for (const stream of node.getConnections().flatMap(({ streams }) => streams)) {
    if (!stream.protocol.startsWith('/gossip-discovery/')) continue
    const send = stream.send.bind(stream)
    stream.send = data => {
      sent.push(data.byteLength)
      return send(data)
    }
  }
  return sent
}
