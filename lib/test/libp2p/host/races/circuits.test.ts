/** Circuits among the addresses of a peer: they are slow and limited, so direct ways go first, and go on. */
import { agreed, CIRCUIT_WAIT_MS, circuit, direct, HEAD_START_MS, LONG_MS, race, STEP_MS } from './race-host.ts'

race('circuits wait for 3 s beside an attempt that a relay only helps to agree on', async (t, time, host) => {
  host.dial([circuit(1), agreed(1), direct(2), circuit(3)])
  await time.pass(CIRCUIT_WAIT_MS - STEP_MS)
  t.same(host.tried, [agreed(1), direct(2)])
  await time.pass(STEP_MS)
  t.same(host.tried, [agreed(1), direct(2), circuit(1), circuit(3)])
})

race('all circuits are tried as soon as the last attempt that they waited for has failed', async (t, time, host) => {
  host.dial([circuit(1), agreed(1), agreed(2), circuit(3)])
  await time.pass(HEAD_START_MS)
  host.attempt(agreed(1)).fail()
  await time.pass(STEP_MS)
  t.same(host.tried, [agreed(1), agreed(2)])
  host.attempt(agreed(2)).fail()
  await time.pass(STEP_MS)
  t.same(host.tried, [agreed(1), agreed(2), circuit(1), circuit(3)])
})

race('after a circuit has won, direct attempts go on, until one succeeds and ends the rest', async (t, time, host) => {
  const dial = host.dial([direct(1), direct(2), circuit(3), circuit(4)])
  await time.pass(HEAD_START_MS)
  const limited = host.attempt(circuit(3)).answer()
  t.equal(await dial.connection, limited)
  t.same(host.underWay, [direct(1), direct(2)])
  await time.pass(LONG_MS)
  t.same(host.underWay, [direct(1), direct(2)])
  host.attempt(direct(2)).answer()
  await time.pass(STEP_MS)
  t.same(host.underWay, [])
  t.equal(limited.status, 'open', 'who ends a circuit is decided elsewhere')
})

race('after a circuit has won, an attempt that fails ends no other, and begins none', async (t, time, host) => {
  const dial = host.dial([direct(1), agreed(2), circuit(3), circuit(4)])
  await time.pass(CIRCUIT_WAIT_MS)
  host.attempt(circuit(3)).answer()
  await dial.connection
  host.attempt(direct(1)).fail()
  await time.pass(LONG_MS)
  t.same(host.underWay, [agreed(2)])
  t.equal(host.tried.length, 4)
})

race('attempts that go on after a circuit has won end with the time of the dial', async (t, time, host) => {
  const dial = host.dial([direct(1), circuit(2)])
  await time.pass(HEAD_START_MS)
  host.attempt(circuit(2)).answer()
  await dial.connection
  dial.giveUp()
  t.same(host.underWay, [])
})
