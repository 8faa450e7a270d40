/** Ten real nodes: whatever one of them says last, and however fast, is in the books of all others soon. */
import { type Test, test } from 'tap'
import { addrOf, allList, startNode, type TestNode, until } from './nodes.ts'

test('fifteen updates 30 ms apart, and then a farewell: nobody lists the node', async t => {
  const { subject, others } = await network(t)
  await every(30, 15, n => subject.services.discovery.update({ name: `${n}` }))
  await subject.services.discovery.leave()
  await told(t, others, subject, undefined)
  t.ok(subject.services.discovery.addressBook.size === others.length, 'though it is connected still')
})

test('thirty updates in 1.5 s: everybody lists the last', async t => {
  const { subject, others } = await network(t)
  await every(50, 30, n => subject.services.discovery.update({ name: `${n}`, metadata: { n: `${n}` } }))
  await told(t, others, subject, '29')
})

test('five restarts, each with updates before and after: everybody lists the last run, and what it said last', async t => {
  const { subject, others } = await network(t)
  const { discovery } = subject.services
  const epochs = new Set<number>()
  for (let n = 0; n < 5; n++) {
    discovery.update({ name: `before ${n}` })
    await discovery.stop()
    await discovery.start()
    await discovery.afterStart()
    epochs.add(discovery.epoch)
    discovery.update({ name: `after ${n}` })
  }
  t.equal(epochs.size, 5)
  await told(t, others, subject, 'after 4')
})

test('a node that falls silent and speaks again, at once and again and again, is listed as it was last', async t => {
  const { subject, others } = await network(t)
  const { discovery } = subject.services
  for (let n = 0; n < 10; n++) {
    discovery.announceEvery(undefined)
    discovery.update({ name: `${n}` })
    discovery.announceEvery(10_000)
  }
  await told(t, others, subject, '9')
  discovery.announceEvery(undefined)
  await told(t, others, subject, undefined)
})

async function network(t: Test): Promise<{ subject: TestNode; others: TestNode[] }> {
  const hub = await startNode(t, { name: 'hub' })
  const nodes = [hub]
  while (nodes.length < 10) {
    nodes.push(await startNode(t, { name: `${nodes.length}`, bootstrapPeers: [addrOf(hub)] }))
  }
  await until(() => allList(...nodes))
  return { subject: nodes.pop()!, others: nodes }
}

async function every(intervalMs: number, times: number, act: (n: number) => void): Promise<void> {
  for (let n = 0; n < times; n++) {
    act(n)
    const nextMs = performance.now() + intervalMs
    await until(() => performance.now() >= nextMs)
  }
}

/** @param name - of the subject in every book; undefined where it is to be in none */
async function told(t: Test, others: readonly TestNode[], subject: TestNode, name: string | undefined): Promise<void> {
  const saidAtMs = performance.now()
  const names = (): (string | undefined)[] =>
    others.map(({ services }) => services.discovery.addressBook.get(subject.peerId)?.name)
  await until(() => names().every(listed => listed === name), names)
  t.comment(`${Math.round(performance.now() - saidAtMs)} ms after the last word`)
}
