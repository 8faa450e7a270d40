import fc from 'fast-check'
import { test } from 'tap'
import { STANDING } from '../../../src/core/book/entry.ts'
import { Admission } from '../../../src/core/gossip/admission.ts'
import { from } from '../records.ts'

const MAX_ENTRIES = 16_384
const SECOND_MS = 1_000
const HOUR_MS = 3_600_000

test('a small book takes a whole one from a partner that the node chose, a large one as much again', async t => {
  t.equal(admitted(new Admission(MAX_ENTRIES), 'friend', 40_000, 0, 0), MAX_ENTRIES + 10_240 + 32)
  t.equal(admitted(new Admission(MAX_ENTRIES), 'friend', 40_000, 0, 2_000), 2_000 + 10_240 + 32)
})

test('partners that the node did not choose bring five eighths of a book at once, and then a trickle', async t => {
  const admission = new Admission(MAX_ENTRIES)
  t.equal(admittedBy(admission, ['stranger'], 20_000, 0), 10_240 + 32)
  t.equal(admittedBy(admission, ['stranger'], 20_000, 10 * SECOND_MS), 160 + 2)
})

test('during a flood from a hundred groups another group gets its newcomers in', async t => {
  const admission = new Admission(MAX_ENTRIES)
  const flood = Array.from({ length: 100 }, (_, at) => `flood${at}`)
  admittedBy(admission, flood, 100_000, 0)
  t.equal(admittedBy(admission, ['honest'], 40, 1), 32)
})

test('a new peer id of the same group has no credit of its own', async t => {
  const admission = new Admission(MAX_ENTRIES)
  admittedBy(admission, ['stranger'], 20_000, 0)
  let more = 0
  for (let at = 0; at < 1_000; at++) {
    const source = from(`stranger${at}`, STANDING.hearsay, 'stranger')
    if (admission.admits(`p${at}`, source, 10, 1)) more++
  }
  t.equal(more, 0)
})

test('what was promised is kept, once, whatever came meanwhile', async t => {
  const admission = new Admission(MAX_ENTRIES)
  t.ok(admission.promises('newcomer', from('stranger'), 0, 0))
  admittedBy(admission, ['stranger'], 20_000, 0)
  t.ok(admission.admits('newcomer', from('stranger'), 0, 0))
  t.notOk(admission.admits('newcomer', from('stranger'), 0, 0))
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
        taken += admittedBy(admission, [`group${group}`], count, nowMs)
      }
      return taken <= 640 + nowMs / SECOND_MS + 21 * (32 + nowMs / SECOND_MS / 5)
    })
  )
  t.pass('for 100 floods')
})

/** How many of so many newcomers a chosen partner brings in. */
function admitted(admission: Admission, partner: string, count: number, nowMs: number, bookSize: number): number {
  let taken = 0
  for (let at = 0; at < count; at++)
    if (admission.admits(`p${at}`, from(partner, STANDING.confirmed), bookSize, nowMs)) taken++
  return taken
}

/** The same for strangers, in turn. */
function admittedBy(admission: Admission, forwarders: readonly string[], count: number, nowMs: number): number {
  let taken = 0
  for (let at = 0; at < count; at++)
    if (admission.admits(`p${at}`, from(forwarders[at % forwarders.length]!), 0, nowMs)) taken++
  return taken
}
