import { writeFileSync } from 'node:fs'
import { test } from 'tap'
import { openHub } from '../../../src/runners/netns/hub.ts'
import { findTools } from '../../../src/runners/netns/tools.ts'
import { MAX_SLOTS, Topology } from '../../../src/runners/netns/topology.ts'
import { noNamespaces } from './namespaces.ts'

const skip = await noNamespaces()

test('where no namespaces may be made one line says why, and what would help', { skip }, async t => {
  const unshare = `${t.testdir()}/unshare`
  writeFileSync(unshare, '#!/bin/sh\necho "unshare: Operation not permitted" >&2\necho more >&2\nexit 1\n', {
    mode: 0o755
  })
  await t.rejects(openHub({ ...findTools(), unshare }), {
    message:
      /^--runner netns could not make namespaces: unshare: Operation not permitted; [^\n]+; or use --runner process$/
  })
})

test('two runs side by side have the same names and addresses, and do not meet', { skip }, async t => {
  const hubs = await Promise.all([openHub(findTools()), openHub(findTools())])
  t.teardown(() => Promise.all(hubs.map(hub => hub.close())))
  hubs[0].furnish([0])
  hubs[1].furnish([0, 1])
  const [one, other] = await Promise.all(hubs.map(hub => hub.run('ip', ['-o', 'link', 'show', 'type', 'veth'])))
  t.equal(one!.split('\n').length, 1)
  t.equal(other!.split('\n').length, 2)
  hubs[0].furnish([0])
})

test('what a tool refuses is told apart from what could not be asked', { skip }, async t => {
  const hub = await openHub(findTools())
  await t.rejects(hub.run('ip', ['link', 'del', 'dev', 'none']), {
    code: 'refused',
    message: /^ip: Cannot find device/
  })
  await hub.close()
  await t.rejects(hub.run('ip', ['link']), { code: 'failed' })
  t.throws(() => hub.furnish([0]), { message: /^no namespaces for the nodes: / })
})

test('no two nodes share an address, and none has that of the bridge', async t => {
  const topology = new Topology()
  const addressOfSlot = (slot: number) => topology.placeOf(slot).address
  const addresses = Array.from({ length: MAX_SLOTS }, (_, slot) => addressOfSlot(slot))
  t.equal(new Set([...addresses, '10.77.0.1']).size, MAX_SLOTS + 1)
  for (const address of addresses) t.match(address, /^10\.77\.[1-4]\.([1-9]|[1-9]\d|1\d\d|2[0-4]\d|250)$/)
  t.throws(() => addressOfSlot(MAX_SLOTS), { message: /room for 1000 nodes/ })
})
