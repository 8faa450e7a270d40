import fc from 'fast-check'
import { test } from 'tap'
import { type Source, STANDING } from '../../../src/core/book/entry.ts'
import { Admission, type Offer } from '../../../src/core/bounds/admission.ts'
import { from } from '../records.ts'

const MAX_ENTRIES = 16_384
const HEARSAY = 10_240 + 32
const SECOND_MS = 1_000
const HOUR_MS = 3_600_000

const { hearsay, firstHand, confirmed, reached } = STANDING

test('a chosen partner may vouch for a whole book where a small one is, for as many again where a large one is', async t => {
  t.same(standings(new Admission(MAX_ENTRIES), from('friend', confirmed), 40_000, 0, 100), [HEARSAY, 0, MAX_ENTRIES, 0])
  const admission = new Admission(MAX_ENTRIES)
  t.same(standings(admission, from('friend', confirmed), 40_000, 0, 2_000), [HEARSAY, 0, 2_000, 0])
  t.same(standings(admission, from('friend', confirmed), 40_000, 10 * SECOND_MS, 2_000), [160 + 2, 0, 160, 0])
})

test('a new node is handed a whole book by the partner that it chose first, though nobody vouches for anything', async t => {
  const admission = new Admission(MAX_ENTRIES)
  const heard = from('friend', hearsay)
  t.same(standings(admission, heard, 40_000, 0, 0, true), [MAX_ENTRIES + HEARSAY, 0, 0, 0])
  t.same(standings(admission, from('other', hearsay, 'friend'), 40_000, 0, 10_000, true), [0, 0, 0, 0], 'once')
})

test('a partner that a new node did not choose hands it no more than anybody', async t => {
  t.same(standings(new Admission(MAX_ENTRIES), from('stranger', hearsay), 40_000, 0, 0, false), [HEARSAY, 0, 0, 0])
})

test('what is hearsay, or said by partners that the node did not choose, fills five eighths of a book, and then comes as a trickle', async t => {
  const admission = new Admission(MAX_ENTRIES)
  t.same(standings(admission, from('stranger'), 20_000, 0), [HEARSAY, 0, 0, 0])
  t.same(standings(admission, from('stranger'), 20_000, 10 * SECOND_MS), [160 + 2, 0, 0, 0])
})

test('however much hearsay there is, chosen partners vouch for others, and so do peers that connect', async t => {
  const admission = new Admission(MAX_ENTRIES)
  standings(admission, from('stranger'), 20_000, 0)
  standings(admission, from('friend', hearsay), 20_000, 0, 2_000, true)
  t.same(standings(admission, from('friend', confirmed), 100, 0, 2_000), [0, 0, 100, 0])
  t.same(standings(admission, from('peer', firstHand, 'stranger'), 40, 0, 2_000), [0, 32, 0, 0], 'so many of a group')
  t.same(standings(admission, from('peer', reached, 'stranger'), 40, 0, 2_000), [0, 0, 0, 40])
})

test('during a flood from a hundred groups another group gets its newcomers in', async t => {
  const admission = new Admission(MAX_ENTRIES)
  for (let at = 0; at < 100; at++) standings(admission, from(`flood${at}`), 1_000, 0)
  t.same(standings(admission, from('honest'), 40, 1), [32, 0, 0, 0])
})

test('a new peer id of the same group has no credit of its own', async t => {
  const admission = new Admission(MAX_ENTRIES)
  standings(admission, from('stranger'), 20_000, 0)
  for (let at = 0; at < 1_000; at++)
    if (admission.standingOf(offer(`p${at}`, from(`stranger${at}`, hearsay, 'stranger')), 1) !== undefined)
      t.fail('was admitted')
})

test('whether a newcomer would be refused can be asked as often as one likes', async t => {
  const admission = new Admission(MAX_ENTRIES)
  let refused = 0
  for (let at = 0; at < 20_000; at++) if (admission.refuses(offer('p', from('stranger')), 0)) refused++
  t.equal(refused, 0)
  t.notOk(admission.isFlooded(0))
  t.same(standings(admission, from('stranger'), 20_000, 0), [HEARSAY, 0, 0, 0])
  t.ok(admission.refuses(offer('p', from('stranger')), 0))
  t.ok(admission.isFlooded(9_999))
  t.notOk(admission.isFlooded(10_000))
})

test('what was promised is kept, once, whatever came meanwhile, and a better source is better still', async t => {
  const admission = new Admission(MAX_ENTRIES)
  t.ok(admission.promises(offer('newcomer', from('stranger')), 0))
  t.ok(admission.promises(offer('other', from('stranger')), 0))
  standings(admission, from('stranger'), 20_000, 0)
  t.notOk(admission.refuses(offer('newcomer', from('stranger')), 0))
  t.equal(admission.standingOf(offer('newcomer', from('stranger')), 0), hearsay)
  t.equal(admission.standingOf(offer('newcomer', from('stranger')), 0), undefined)
  t.equal(admission.standingOf(offer('other', from('friend', confirmed)), 0), confirmed)
})

test('whoever brings whatever, in an hour no more than a stated number of strangers is taken in', async t => {
  const anyStep = fc.record({ group: fc.nat(20), count: fc.nat(2_000), waitMs: fc.nat(60_000) })
  fc.assert(
    fc.property(fc.array(anyStep, { maxLength: 100 }), steps => {
      const admission = new Admission(1_024)
      let [taken, nowMs] = [0, 0]
      for (const { group, count, waitMs } of steps) {
        nowMs += waitMs
        if (nowMs > HOUR_MS) break
        taken += standings(admission, from(`group${group}`), count, nowMs)[hearsay]!
      }
      return taken <= 640 + nowMs / SECOND_MS + 21 * (32 + nowMs / SECOND_MS / 5)
    })
  )
  t.pass('for 100 floods')
})

/** Of so many newcomers, how many have each standing. */
function standings(
  admission: Admission,
  source: Source,
  count: number,
  nowMs: number,
  bookSize = 100,
  isChosen = source.standing >= confirmed
): number[] {
  const counts = [0, 0, 0, 0]
  for (let at = 0; at < count; at++) {
    const standing = admission.standingOf({ peer: `p${at}`, source, isChosen, bookSize }, nowMs)
    if (standing !== undefined) counts[standing]!++
  }
  return counts
}

function offer(peer: string, source: Source): Offer {
  return { peer, source, isChosen: source.standing >= confirmed, bookSize: 100 }
}
