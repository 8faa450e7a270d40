/** Peers that are gone from one book and listed in another. */
import { test } from 'tap'
import type { SignedAnnouncement } from '../../../src/core/record/announcement.ts'
import { Meeting, type Sent } from '../meeting.ts'
import { farewell, record } from '../records.ts'

const DAY_MS = 86_400_000

const former = record({ peer: 'x', seq: 1, ttlMs: DAY_MS })

const ENDINGS: Record<string, SignedAnnouncement> = {
  'a farewell with a ttl of 1 s': farewell({ peer: 'x', seq: 2, ttlMs: 1_000 }),
  'a newer record that has expired after 1 s': record({ peer: 'x', seq: 2, ttlMs: 1_000 })
}

for (const [what, ending] of Object.entries(ENDINGS)) {
  for (const asking of ['a', 'b'] as const) {
    test(`a ghost that is listed for a day is given up for ${what}, whoever asks first`, async t => {
      const meeting = new Meeting()
      const [a, b] = [meeting.add('a'), meeting.add('b')]
      meeting.hear('a', former)
      meeting.hear('b', ending)
      meeting.run(3_600_000)
      t.ok(a.book.has('x') && !b.book.has('x'))
      if (asking === 'a') meeting.connect('a', 'b')
      else meeting.connect('b', 'a')
      meeting.run(10_000)
      t.notOk(a.book.has('x') || b.book.has('x'))
      meeting.sent.length = 0
      meeting.run(30_000)
      t.same(meeting.sent.filter(isTalk), [])
    })
  }
}

test('two that know of the same farewell, and are told of it once more, have nothing to say to each other', async t => {
  const meeting = new Meeting()
  for (const peer of ['a', 'b']) {
    meeting.add(peer)
    meeting.hear(peer, former)
    meeting.hear(peer, ENDINGS['a farewell with a ttl of 1 s']!)
  }
  meeting.connect('a', 'b')
  meeting.run(1_000)
  meeting.sent.length = 0
  const records = [{ record: ENDINGS['a farewell with a ttl of 1 s']!, ageMs: 0 }]
  for (const [from, to] of [
    ['a', 'b'],
    ['b', 'a']
  ] as const)
    meeting.say(from, to, { type: 'records', records })
  meeting.run(10_000)
  t.same(meeting.sent.filter(isTalk), [])
})

test('a farewell that is older than what is listed here is answered by that', async t => {
  const meeting = new Meeting()
  const [a, b] = [meeting.add('a'), meeting.add('b')]
  meeting.hear('a', farewell({ peer: 'x', seq: 2 }))
  meeting.hear('b', record({ peer: 'x', epoch: 2, ttlMs: DAY_MS }))
  meeting.connect('a', 'b')
  meeting.run(1_000)
  t.ok(a.book.has('x') && b.book.has('x'))
})

test('who repeats that it lists a buried peer is told so once a second, not each time', async t => {
  const meeting = new Meeting()
  meeting.add('a')
  meeting.hear('a', ENDINGS['a farewell with a ttl of 1 s']!)
  meeting.stranger('s', 'a', '/s')
  meeting.run(100)
  meeting.sent.length = 0
  for (let passedMs = 0; passedMs < 3_000; passedMs += 10) {
    meeting.say('s', 'a', { type: 'records', records: [{ record: former, ageMs: 0 }] })
    meeting.run(10)
  }
  const told = meeting.sent.filter(({ to, message }) => to === 's' && message.type === 'records')
  t.ok(told.length >= 2 && told.length <= 4, `${told.length}`)
})

function isTalk({ message }: Sent): boolean {
  return !['digest', 'ping', 'pong'].includes(message.type)
}
