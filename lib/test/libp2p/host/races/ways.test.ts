/** By which part of the host each address is dialled. */
import { type Attempt, direct, HEAD_START_MS, LONG_MS, OTHER_PEER, PEER, race, STEP_MS } from './race-host.ts'

race(
  'the host is dialling the peer for somebody else: that dial is joined, and the address is tried beside it',
  async (t, time, host) => {
    host.dialledByOthers = PEER
    const dial = host.dial([direct(1)])
    t.same(host.attempts.map(waysOf), [['manager', direct(1)]])
    await time.pass(HEAD_START_MS)
    t.same(host.attempts.map(waysOf), [
      ['manager', direct(1)],
      ['beside', direct(1)]
    ])
    const connection = host.attempts[1]!.answer()
    t.equal(await dial.connection, connection)
    t.same(host.underWay, [])
  }
)

race('a dial for somebody else that fails is no reason to try the address for ever', async (t, time, host) => {
  host.dialledByOthers = PEER
  const dial = host.dial([direct(1)])
  for (const attempts of [1, 2]) {
    t.equal(host.attempts.length, attempts)
    host.attempts.at(-1)!.fail()
    await time.pass(STEP_MS)
  }
  t.equal(host.attempts.length, 2)
  t.type(dial.outcome, AggregateError)
})

race('a dial of the host to another peer changes nothing', async (t, time, host) => {
  host.dialledByOthers = OTHER_PEER
  host.dial([direct(1)])
  await time.pass(LONG_MS)
  t.same(host.tried, [direct(1)])
})

race('a connection is this service to close, by whichever part of the host it was made', async (t, time, host) => {
  for (const addr of [direct(1), direct(2)]) {
    const dial = host.dial([direct(1), direct(2)])
    await time.pass(HEAD_START_MS)
    const connection = host.attempt(addr).answer()
    t.equal(await dial.connection, connection)
    t.equal(await host.use.mayClose(connection), true, addr)
    host.attempts.length = 0
  }
})

race('what is tried alone goes through the host, what is tried beside it does not', async (t, time, host) => {
  host.dial([direct(1), direct(2), direct(3)])
  host.attempt(direct(1)).fail()
  await time.pass(HEAD_START_MS)
  t.same(host.attempts.map(waysOf), [
    ['manager', direct(1)],
    ['manager', direct(2)],
    ['beside', direct(3)]
  ])
})

race(
  'a host without transports of its own, and an address without a transport, are dialled as the host does',
  async (t, time, host) => {
    host.transports = false
    host.dial([direct(1), direct(2)])
    await time.pass(HEAD_START_MS)
    t.same(host.attempts.map(waysOf), [
      ['manager', direct(1)],
      ['manager', direct(2)]
    ])
  }
)

race('a peer of which only addresses are known is dialled by the host alone', async (t, time, host) => {
  const dial = host.dial([direct(1), direct(2)], { isPeerKnown: false })
  await time.pass(HEAD_START_MS)
  t.same(host.attempts.map(waysOf), [
    ['manager', direct(1)],
    ['manager', direct(2)]
  ])
  const connection = host.attempt(direct(2)).answer()
  t.equal(await dial.connection, connection)
})

race(
  'a peer without addresses is left to the routing of the host, and an address that becomes known is tried beside',
  async (t, time, host) => {
    host.dial([])
    t.same(host.tried, [PEER.toString()])
    host.join([direct(1)])
    await time.pass(HEAD_START_MS)
    t.same(host.tried, [PEER.toString(), direct(1)])
  }
)

race('an address that the gater of the host denies is not dialled beside another', async (t, time, host) => {
  host.denied = direct(2)
  const dial = host.dial([direct(1), direct(2)])
  await time.pass(HEAD_START_MS)
  host.attempt(direct(1)).fail()
  await time.pass(STEP_MS)
  t.same(host.tried, [direct(1)])
  t.match(dial.outcome, { errors: [{ message: /denies/ }, { message: 'timed out' }] })
})

function waysOf({ way, addr }: Attempt): [string, string] {
  return [way, addr]
}
