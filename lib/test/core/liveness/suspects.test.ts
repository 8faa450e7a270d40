/** What a suspicion stands on, and when it ends an entry. */
import { test } from 'tap'
import { Suspect, suspicionsAlong } from '../../../src/core/liveness/suspects.ts'
import { record } from '../records.ts'

const TIMEOUT_MS = 1_000
const UNCONFIRMED_FACTOR = 3
const ANSWER_LASTS_MS = 500
const MAX_REPORTERS = 64

const WITH_EVIDENCE = { hasEvidence: true, isChosen: false }
const CHOSEN = { hasEvidence: true, isChosen: true }
const HEARSAY = { hasEvidence: false, isChosen: true }

test('without evidence no entry ends, however long it is suspected', async t => {
  const suspect = suspected()
  t.equal(suspect.dueMs, Number.POSITIVE_INFINITY)
  suspect.told(0)
  t.equal(suspect.dueMs, Number.POSITIVE_INFINITY)
  t.equal(suspect.suspicion(0).leftMs, 0)
})

test('a suspect that was not told has no time that could be over', async t => {
  const suspect = suspected()
  suspect.evidence = 'own'
  t.equal(suspect.dueMs, Number.POSITIVE_INFINITY)
  t.equal(suspect.suspicion(0).leftMs, 0)
})

test('a silence that nobody else has noticed counts after three times as long; a refusal, a report or a confirmation at once', async t => {
  const silent = () => {
    const suspect = suspected()
    suspect.evidence = 'own'
    suspect.told(100)
    return suspect
  }
  t.equal(silent().dueMs, 100 + UNCONFIRMED_FACTOR * TIMEOUT_MS)
  const refused = silent()
  refused.isRefused = true
  const reported = silent()
  reported.evidence = 'reported'
  const confirmed = silent()
  confirmed.report('b', WITH_EVIDENCE)
  for (const suspect of [refused, reported, confirmed]) t.equal(suspect.dueMs, 100 + TIMEOUT_MS)
  const heardOf = silent()
  heardOf.report('b', HEARSAY)
  t.equal(heardOf.dueMs, 100 + UNCONFIRMED_FACTOR * TIMEOUT_MS)
})

test('a silence is borne for as long as the peer was away before; a refusal is no silence', async t => {
  const suspect = suspected()
  suspect.evidence = 'own'
  suspect.told(100)
  suspect.report('b', WITH_EVIDENCE)
  suspect.patienceMs = 40_000
  t.equal(suspect.dueMs, 40_100)
  suspect.patienceMs = TIMEOUT_MS / 2
  t.equal(suspect.dueMs, 100 + TIMEOUT_MS, 'never less than others have')
  suspect.patienceMs = 40_000
  suspect.isRefused = true
  t.equal(suspect.dueMs, 100 + TIMEOUT_MS)
})

test('two chosen partners with evidence are evidence here; inbound ones, or without, are not', async t => {
  const suspect = suspected()
  suspect.report('a', WITH_EVIDENCE)
  suspect.report('b', WITH_EVIDENCE)
  suspect.report('c', HEARSAY)
  t.notOk(suspect.isReported)
  suspect.report('d', CHOSEN)
  t.notOk(suspect.isReported)
  suspect.report('e', CHOSEN)
  t.ok(suspect.isReported)
})

test('a report is news once, and once more when it comes with evidence; beyond the bound, none is', async t => {
  const suspect = suspected()
  t.ok(suspect.report('a', HEARSAY))
  t.notOk(suspect.report('a', HEARSAY))
  t.ok(suspect.report('a', CHOSEN))
  t.notOk(suspect.report('a', CHOSEN))
  t.notOk(suspect.report('a', HEARSAY))
  for (let i = 1; i < MAX_REPORTERS; i++) t.ok(suspect.report(`b${i}`, HEARSAY))
  t.notOk(suspect.report('another', CHOSEN))
  t.equal([...suspect.reporters].length, MAX_REPORTERS)
})

test('it is contested while others have evidence and the suspect was not told', async t => {
  const suspect = suspected()
  t.equal(suspect.contestedBy, undefined)
  suspect.report('a', HEARSAY)
  t.equal(suspect.contestedBy, undefined)
  suspect.report('b', WITH_EVIDENCE)
  t.equal(suspect.contestedBy, 'inbound')
  suspect.report('c', CHOSEN)
  t.equal(suspect.contestedBy, 'chosen')
  suspect.told(0)
  t.equal(suspect.contestedBy, undefined)
})

test('others are told how much time is left, at least a little, and never more than before', async t => {
  const suspect = suspected()
  suspect.evidence = 'own'
  suspect.told(0)
  t.equal(suspect.suspicion(400).leftMs, TIMEOUT_MS - 400)
  suspect.limit(500)
  suspect.limit(2_000)
  t.equal(suspect.suspicion(400).leftMs, 100)
  t.equal(suspect.suspicion(10_000).leftMs, 1)
  t.match(suspect.suspicion(0), { peer: 'x', epoch: 1, seq: 2, refused: false })
})

test('an answer makes what was said void, and settles what comes within half a second', async t => {
  const suspect = suspected()
  suspect.evidence = 'own'
  suspect.report('b', CHOSEN)
  suspect.told(0)
  t.ok(suspect.hasBeenAskedFor(100, 101))
  t.notOk(suspect.hasBeenAskedFor(100, 100))
  suspect.answered(1_000)
  t.equal(suspect.dueMs, Number.POSITIVE_INFINITY)
  t.notOk(suspect.isUnderWay)
  t.notOk(suspect.hasBeenAskedFor(0, 10_000))
  t.strictSame([...suspect.reporters], [])
  t.ok(suspect.hasAnswered(1_000 + ANSWER_LASTS_MS - 1))
  t.notOk(suspect.hasAnswered(1_000 + ANSWER_LASTS_MS))
})

test('with records go the suspicions of them that are under way', async t => {
  const [told, untold] = [suspected('x'), suspected('y')]
  told.told(0)
  const suspects = new Map([told, untold].map(suspect => [suspect.peer, suspect]))
  const records = ['x', 'y', 'z'].map(peer => ({ record: record({ peer }), ageMs: 0 }))
  const along = suspicionsAlong([{ type: 'records', records }, { type: 'ping' }], suspects, 0)
  t.strictSame(
    along.map(({ peer }) => peer),
    ['x']
  )
  t.strictSame(suspicionsAlong([{ type: 'records', records }], new Map(), 0), [])
})

function suspected(peer = 'x'): Suspect {
  return new Suspect(peer, { epoch: 1, seq: 2 }, false, TIMEOUT_MS)
}
