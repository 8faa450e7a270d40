import t from 'tap'
import { bookOf, startFeeder } from '/tmp/wt/limited/lib/test/attacks/toolkit/feeder.ts'
import { until, addrOf } from '/tmp/wt/limited/lib/test/libp2p/nodes.ts'
import { circuitsOf, circuitTo, startBehind, startRelay } from '/tmp/wt/limited/lib/test/libp2p/relayed/relayed.ts'
t.setTimeout(100000)
for (const size of (process.env.SIZES ?? '300,600').split(',').map(Number)) await t.test(String(size), async t => {
  const relay = await startRelay(t)
  const feeder = await startFeeder(t, bookOf(size).envelopes)
  const member = await startBehind(t, relay, { name: 'member', bootstrapPeers: [feeder.addr] })
  await until(() => member.services.discovery.addressBook.size >= size)
  const from = performance.now()
  let n = 0
  const newcomer = await startBehind(t, relay, { name: 'newcomer', bootstrapPeers: [circuitTo(member, relay)] })
  newcomer.addEventListener('connection:open', e => { n++; console.error((performance.now()-from).toFixed(), 'open', e.detail.remoteAddr.toString().slice(-60), e.detail.limits?.bytes, e.detail.limits?.seconds, e.detail.direction) })
  newcomer.addEventListener('connection:close', e => console.error((performance.now()-from).toFixed(), 'close', e.detail.remoteAddr.toString().slice(-60), e.detail.limits?.bytes, newcomer.services.discovery.addressBook.size))
  const book = newcomer.services.discovery.addressBook
  const iv = setInterval(() => console.error((performance.now()-from).toFixed(), 'size', book.size, 'left', circuitsOf(newcomer).map(c => String(c.limits!.bytes)).join(), 'conns', newcomer.getConnections().length, member.getConnections().length), 1000)
  t.teardown(() => clearInterval(iv))
  await until(() => book.size >= size + 1, () => book.size, 15000).catch(e => console.error(e.message))
  console.error(size, 'full after', performance.now() - from, 'book', book.size, 'circuits', n)
  await until(() => member.services.discovery.addressBook.has(newcomer.peerId))
  console.error(size, 'listed after', performance.now() - from)
})
