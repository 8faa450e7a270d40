/** Dials that are given up, and hosts that answer too late. */
import { getEventListeners } from 'node:events'
import { agreed, circuit, direct, HEAD_START_MS, LONG_MS, OTHER_PEER, race, STEP_MS } from './race-host.ts'

race('a dial that is given up aborts every attempt, begins none, and fails', async (t, time, host) => {
  const dial = host.dial([direct(1), direct(2), agreed(3), circuit(4)])
  await time.pass(HEAD_START_MS)
  dial.giveUp()
  t.same(host.underWay, [])
  await time.pass(LONG_MS)
  t.same(host.tried, [direct(1), direct(2), agreed(3)])
  t.type(dial.outcome, AggregateError)
})

race('a dial that is given up within the head start tries no other address', async (t, time, host) => {
  const dial = host.dial([direct(1), direct(2)])
  dial.giveUp()
  await time.pass(LONG_MS)
  t.same(host.tried, [direct(1)])
  t.not(dial.outcome, undefined)
})

race('a dial that is given up before it begins asks nobody', async (t, time, host) => {
  const dial = host.dial([direct(1)], { isGivenUp: true })
  await time.pass(STEP_MS)
  t.same(host.tried, [])
  t.match(dial.outcome, { name: 'AbortError' })
})

race('a connection that is there when its attempt was given up already is ended', async (t, time, host) => {
  const dial = host.dial([direct(1), direct(2)])
  await time.pass(HEAD_START_MS)
  const late = host.attempt(direct(2))
  const connection = host.attempt(direct(1)).answer()
  await dial.connection
  const spare = late.answer()
  await time.pass(STEP_MS)
  t.equal(spare.status, 'aborted')
  t.equal(connection.status, 'open')
})

race('a connection that comes after the time of the dial is ended, and is none', async (t, time, host) => {
  const dial = host.dial([direct(1), direct(2)])
  await time.pass(HEAD_START_MS)
  const late = host.attempt(direct(2))
  host.attempt(direct(1)).fail()
  dial.giveUp()
  const spare = late.answer()
  await time.pass(STEP_MS)
  t.equal(spare.status, 'aborted')
  t.type(dial.outcome, AggregateError)
})

race('a host that never ends an attempt does not keep the next dial to the peer waiting', async (t, time, host) => {
  host.heedsSignals = false
  const first = host.dial([direct(1)])
  first.giveUp()
  t.equal(host.join([direct(2)]), false)
  const next = host.dial([direct(2)])
  host.attempt(direct(1)).fail()
  await time.pass(STEP_MS)
  t.equal(host.join([direct(3)]), true, 'the end of the former dial is not that of this one')
  const connection = host.attempt(direct(2)).answer()
  t.equal(await next.connection, connection)
})

race(
  'a dial that is over leaves no listener at its signal, though attempts go on for a while',
  async (t, time, host) => {
    const dials = [host.dial([direct(1), direct(2)]), host.dial([direct(3)], { peer: OTHER_PEER })]
    await time.pass(HEAD_START_MS)
    host.attempt(direct(2)).answer()
    host.attempt(direct(3)).fail()
    await time.pass(STEP_MS)
    for (const { signal } of dials) t.same(getEventListeners(signal, 'abort'), [])
  }
)

race(
  'where direct attempts go on after a circuit has won, they end with their signal, and listen until then',
  async (t, time, host) => {
    const { signal } = host.dial([direct(1), circuit(2)])
    await time.pass(HEAD_START_MS)
    host.attempt(circuit(2)).answer()
    await time.pass(STEP_MS)
    t.equal(getEventListeners(signal, 'abort').length, 1)
    host.attempt(direct(1)).fail()
    await time.pass(STEP_MS)
    t.same(getEventListeners(signal, 'abort'), [])
  }
)
