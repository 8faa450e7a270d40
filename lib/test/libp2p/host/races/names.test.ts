/** Names that are being resolved while a dial is under way. */
import { circuit, direct, HEAD_START_MS, LONG_MS, Name, race, STEP_MS } from './race-host.ts'

race('an address is dialled at once, however long a name beside it takes to resolve', async (t, time, host) => {
  const name = new Name()
  const dial = host.dial([direct(1)], { names: [name] })
  t.same(host.tried, [direct(1)])
  host.attempt(direct(1)).answer()
  await time.pass(STEP_MS)
  t.equal(dial.outcome, host.attempt(direct(1)).connection)
  name.answer([direct(2)])
  await time.pass(LONG_MS)
  t.same(host.tried, [direct(1)], 'what comes too late is not tried')
})

race('a dial whose only address has failed goes on with a name that is resolved later', async (t, time, host) => {
  const name = new Name()
  const dial = host.dial([direct(1)], { names: [name] })
  host.attempt(direct(1)).fail()
  await time.pass(LONG_MS / 2)
  t.equal(dial.outcome, undefined, 'it has not failed')
  name.answer([direct(2)])
  await time.pass(STEP_MS)
  host.attempt(direct(2)).answer()
  await time.pass(STEP_MS)
  t.equal(dial.outcome, host.attempt(direct(2)).connection)
})

race('a name that leads nowhere neither ends a dial nor keeps it from ending', async (t, time, host) => {
  const [nowhere, somewhere] = [new Name(), new Name()]
  const dial = host.dial([], { names: [nowhere] })
  t.equal(host.join([], undefined, [somewhere]), true, 'it is under way while a name is being resolved')
  nowhere.answer([])
  await time.pass(STEP_MS)
  t.equal(dial.outcome, undefined)
  somewhere.answer([direct(1)])
  await time.pass(STEP_MS)
  host.attempt(direct(1)).fail()
  await time.pass(STEP_MS)
  t.ok(dial.outcome instanceof Error)
})

race('the first answer for a name is dialled while others are being waited for', async (t, time, host) => {
  const name = new Name()
  const dial = host.dial([], { names: [name] })
  name.tell(direct(1))
  t.same(host.tried, [direct(1)])
  host.attempt(direct(1)).fail()
  await time.pass(STEP_MS)
  t.equal(dial.outcome, undefined)
  name.answer([direct(2)])
  host.attempt(direct(2)).answer()
  await time.pass(STEP_MS)
  t.equal(dial.outcome, host.attempt(direct(2)).connection)
})

race('where no name leads anywhere there is nothing to dial, which is no failure', async (t, time, host) => {
  const names = [new Name(), new Name()]
  const dial = host.dial([], { names })
  for (const name of names) {
    t.equal(dial.outcome, undefined)
    name.answer([])
    await time.pass(STEP_MS)
  }
  t.equal(dial.outcome, 'nothing to dial')
  t.equal(host.join([direct(1)]), false)
})

race('a dial that is given up does not wait for a name', async (t, time, host) => {
  const dial = host.dial([], { names: [new Name()] })
  dial.giveUp()
  await time.pass(STEP_MS)
  t.equal(dial.outcome, 'nothing to dial')
  const other = host.dial([direct(1)], { names: [new Name()] })
  other.giveUp()
  await time.pass(STEP_MS)
  t.ok(other.outcome instanceof Error)
})

race('a circuit waits for a name that may lead to the peer directly, for the head start', async (t, time, host) => {
  const [quick, slow] = [new Name(), new Name()]
  host.dial([circuit(1)], { names: [quick] })
  quick.answer([direct(2)])
  await time.pass(STEP_MS)
  t.same(host.tried, [direct(2)])
  await time.pass(HEAD_START_MS)
  t.same(host.tried, [direct(2), circuit(1)])
  host.dial([circuit(3)], { names: [slow] })
  await time.pass(HEAD_START_MS - STEP_MS)
  t.notOk(host.tried.includes(circuit(3)))
  await time.pass(STEP_MS)
  t.ok(host.tried.includes(circuit(3)))
})
