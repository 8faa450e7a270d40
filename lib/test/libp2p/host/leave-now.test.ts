/** Saying farewell within one call, with a key that takes its time to sign. */
import type { PrivateKey } from '@libp2p/interface'
import { test } from 'tap'
import { DEFAULT_TOPIC, openAnnouncement } from '../../../src/index.ts'
import { keyOf } from '../../crafted.ts'
import { addrOf, eventsOf, startNode, until } from '../nodes.ts'
import { StubHost, serviceOn } from './stub-host.ts'

test('an announcement that is still being signed is not sent after the farewell, nor in the next run', async t => {
  const key = slowKey(await keyOf(1))
  const host = new StubHost(key.privateKey)
  const { discovery: service } = serviceOn(host, { name: 'alice' })
  t.teardown(async () => await service.stop())
  await service.start()
  await service.afterStart()
  await until(() => host.published.length === 1)

  key.isSlow = true
  service.update({ name: 'late' })
  await until(() => key.waiting.length === 2)
  service.leaveNow()
  await until(() => host.published.length === 2)
  key.release()
  service.leaveNow()
  await service.stop()
  await service.start()
  await service.afterStart()
  await until(() => host.published.length === 3)
  const said = await Promise.all(
    host.published.map(async bytes => (await openAnnouncement(bytes, DEFAULT_TOPIC)).announcement)
  )
  t.same(
    said.map(({ seq, leaving, name }) => ({ seq, leaving, name })),
    [
      { seq: 1, leaving: false, name: 'alice' },
      { seq: 2, leaving: true, name: 'alice' },
      { seq: 1, leaving: false, name: 'late' }
    ]
  )
})

test('a node that leaves before it was heard of says nothing', async t => {
  const bob = await startNode(t, { name: 'bob' })
  const alice = await startNode(t, { name: 'alice', listenOnly: true, bootstrapPeers: [addrOf(bob)] })
  const events = eventsOf(bob)
  await until(() => alice.services.discovery.addressBook.size === 1)
  alice.services.discovery.leaveNow()
  await alice.stop()
  t.same(events, [])
})

/** A key that signs, once it is slow, when it is told to. */
function slowKey(key: PrivateKey) {
  const slow = {
    isSlow: false,
    /** Signatures that are waited for. */
    waiting: [] as (() => void)[],
    privateKey: Object.create(key) as PrivateKey,
    release: (): void => {
      slow.isSlow = false
      for (const resolve of slow.waiting) resolve()
    }
  }
  slow.privateKey.sign = async data => {
    if (slow.isSlow) await new Promise<void>(resolve => slow.waiting.push(resolve))
    return await key.sign(data)
  }
  return slow
}
