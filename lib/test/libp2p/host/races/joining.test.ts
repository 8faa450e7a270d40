/** Addresses that take part in a dial: those that become known meanwhile, and those that are told too often. */
import { circuit, direct, HEAD_START_MS, LONG_MS, OTHER_PEER, race, STEP_MS } from './race-host.ts'

const MAX_ADDRS = 32

race(
  'addresses that become known take part: after the head start at once, before it in their turn',
  async (t, time, host) => {
    host.dial([direct(1)])
    t.equal(host.join([circuit(2), direct(3)]), true)
    await time.pass(HEAD_START_MS - STEP_MS)
    t.same(host.tried, [direct(1)])
    await time.pass(STEP_MS)
    t.same(host.tried, [direct(1), direct(3), circuit(2)])
    host.join([circuit(4), direct(5)])
    await time.pass(STEP_MS)
    t.same(host.tried.slice(3), [direct(5), circuit(4)])
  }
)

race(
  'a direct address that becomes known is tried before the circuits that were there before',
  async (t, time, host) => {
    host.dial([direct(1), circuit(2)])
    host.join([direct(3)])
    host.attempt(direct(1)).fail()
    await time.pass(STEP_MS)
    t.same(host.tried, [direct(1), direct(3)])
  }
)

race('each address is tried once, however often it is told', async (t, time, host) => {
  host.dial([direct(1), direct(2), direct(1), direct(2)])
  host.join([direct(1), direct(2)])
  await time.pass(HEAD_START_MS)
  host.attempt(direct(1)).fail()
  host.join([direct(1)])
  await time.pass(LONG_MS)
  t.same(host.tried, [direct(1), direct(2)])
})

race('names that lead to a multitude are cut short', async (t, time, host) => {
  const many = Array.from({ length: 3 * MAX_ADDRS }, (_, n) => direct(n + 1))
  host.dial(many)
  await time.pass(HEAD_START_MS)
  host.join([direct(200)])
  t.same(host.tried, many.slice(0, MAX_ADDRS))
})

race('there is nothing to join before a dial, after it, or at another peer', async (t, time, host) => {
  t.equal(host.join([direct(1)]), false)
  const dial = host.dial([direct(2)])
  t.equal(host.join([direct(1)], OTHER_PEER), false)
  host.attempt(direct(2)).answer()
  await dial.connection
  await time.pass(STEP_MS)
  t.equal(host.join([direct(1)]), false)
  t.same(host.tried, [direct(2)])
})

race('an address that becomes known just as another one has answered is not tried', async (t, time, host) => {
  const dial = host.dial([direct(1)])
  host.attempt(direct(1)).answer()
  for (let n = 2; n < 20; n++) {
    host.join([direct(n)])
    await undefined
  }
  await dial.connection
  await time.pass(LONG_MS)
  t.same(host.tried, [direct(1)])
})
