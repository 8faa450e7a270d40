import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import { test } from 'tap'
import { probe } from '../../src/runners/probe.ts'

test('where somebody listens, a connection is opened and closed at once', async t => {
  const { server, addr } = await listening()
  const closed = once(server, 'connection').then(async ([socket]) => await once(socket.resume(), 'close'))
  t.same(await probe(['/dns4/example.org/tcp/1', addr]), { addr, result: 'connected' })
  t.same(await probe([`${addr}/p2p/12D3KooW`]), { addr: `${addr}/p2p/12D3KooW`, result: 'connected' })
  await closed
  server.close()
})

test('where nobody listens, the connection is refused', async t => {
  const { server, addr } = await listening()
  server.close()
  await once(server, 'close')
  t.same(await probe([addr]), { addr, result: 'refused', why: 'ECONNREFUSED' })
  t.match(await probe(['/ip4/127.0.0.1/tcp/0']), { result: 'refused', why: /port 0 is no port/ })
})

for (const addrs of [
  [],
  ['/ip4/127.0.0.1/udp/4001/quic-v1'],
  ['/ip4/127.0.0.1/tcp/4001/ws'],
  ['/ip4/::1/tcp/4001'],
  ['/ip4/127.0.0.1/tcp/70000'],
  ['/ip4/localhost/tcp/4001'],
  ['node:7']
]) {
  test(`what TCP alone cannot try is not tried: ${addrs.join() || 'no address'}`, async t => {
    t.match(await probe(addrs), { addr: addrs[0] ?? '', result: 'not-tried', why: /^no address/ })
  })
}

async function listening() {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  return { server, addr: `/ip4/127.0.0.1/tcp/${(server.address() as AddressInfo).port}` }
}
