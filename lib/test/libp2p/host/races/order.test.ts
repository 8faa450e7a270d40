/** In which order the addresses of a peer are tried, and what ends a dial to them. */
import { test } from 'tap'
import { isRefusal } from '../../../../src/libp2p/host/races.ts'
import { circuit, direct, HEAD_START_MS, LONG_MS, race, refusal, STEP_MS, timedOut } from './race-host.ts'

race('the first address is tried alone for 250 ms, then all others side by side', async (t, time, host) => {
  host.dial([direct(1), direct(2), circuit(3), direct(4)])
  await time.pass(HEAD_START_MS - STEP_MS)
  t.same(host.tried, [direct(1)])
  await time.pass(STEP_MS)
  t.same(host.tried, [direct(1), direct(2), direct(4), circuit(3)], 'those without a relay first')
})

race('an address that fails makes room for the next one alone, at once', async (t, time, host) => {
  host.dial([direct(1), direct(2), direct(3)])
  host.attempt(direct(1)).fail()
  await time.pass(STEP_MS)
  t.same(host.tried, [direct(1), direct(2)])
  host.attempt(direct(2)).fail()
  await time.pass(STEP_MS)
  t.same(host.tried, [direct(1), direct(2), direct(3)])
})

race('the head start counts from the begin of the dial, not from that of an attempt', async (t, time, host) => {
  host.dial([direct(1), direct(2), direct(3)])
  await time.pass(HEAD_START_MS - STEP_MS)
  host.attempt(direct(1)).fail()
  await time.pass(STEP_MS)
  t.same(host.tried, [direct(1), direct(2), direct(3)])
})

race('the first connection wins, whichever it is, and the other attempts are aborted', async (t, time, host) => {
  const dial = host.dial([direct(1), direct(2), direct(3)])
  await time.pass(HEAD_START_MS)
  const connection = host.attempt(direct(2)).answer()
  t.equal(await dial.connection, connection)
  t.same(host.underWay, [])
  await time.pass(LONG_MS)
  t.same(host.tried, [direct(1), direct(2), direct(3)])
})

race('once the first address has answered, no other one is tried', async (t, time, host) => {
  const dial = host.dial([direct(1), direct(2), circuit(3)])
  host.attempt(direct(1)).answer()
  await dial.connection
  await time.pass(LONG_MS)
  t.same(host.tried, [direct(1)])
})

race('where no address answers, the dial fails with the error of each', async (t, time, host) => {
  const dial = host.dial([direct(1), direct(2)])
  await time.pass(HEAD_START_MS)
  host.attempt(direct(1)).fail(refusal())
  await time.pass(STEP_MS)
  t.equal(dial.outcome, undefined, 'the other may answer still')
  host.attempt(direct(2)).fail(timedOut())
  await time.pass(STEP_MS)
  t.match(dial.outcome, { errors: [{ code: 'ECONNREFUSED' }, { message: 'timed out' }] })
  t.equal(isRefusal(dial.outcome), false, 'one of them was silent')
})

race('the only address that fails, fails the dial with its own error', async (t, time, host) => {
  const dial = host.dial([direct(1)])
  const error = refusal()
  host.attempt(direct(1)).fail(error)
  await time.pass(STEP_MS)
  t.equal(dial.outcome, error)
})

test('only a peer that refuses at every address is said to refuse', async t => {
  t.equal(isRefusal(refusal()), true)
  t.equal(isRefusal(new Error('dial failed', { cause: refusal() })), true)
  t.equal(isRefusal(new AggregateError([refusal(), refusal()])), true)
  t.equal(isRefusal(new AggregateError([refusal(), timedOut()])), false)
  t.equal(isRefusal(new AggregateError([])), false)
  t.equal(isRefusal(timedOut()), false)
})
