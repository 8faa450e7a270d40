/** The witness's matrices against plain maps. */
import assert from 'node:assert/strict'
import fc from 'fast-check'
import { test } from 'tap'
import { Books } from '../../../src/simulation/books/books.ts'

const MACHINES = 10

const anyMachine = fc.nat(MACHINES - 1)
const anyStep = fc.record({
  observer: anyMachine,
  subject: anyMachine,
  ordinal: fc.constantFrom(1, 1, 2, 65_535),
  what: fc.constantFrom('list', 'list', 'list', 'unlist', 'clear')
})

test('books know who is listed and under which announcement, whoever comes, goes and starts afresh', async () => {
  fc.assert(
    fc.property(fc.array(anyStep), steps => {
      const books = new Books(MACHINES)
      const listed = Array.from({ length: MACHINES }, () => new Set<number>())
      const ordinals = Array.from({ length: MACHINES }, () => new Map<number, number>())
      for (const { observer, subject, ordinal, what } of steps) {
        if (what === 'list') {
          books.list(observer, subject, ordinal)
          listed[observer]!.add(subject)
          ordinals[observer]!.set(subject, ordinal)
        } else if (what === 'unlist') {
          books.unlist(observer, subject)
          listed[observer]!.delete(subject)
        } else {
          books.clear(observer)
          listed[observer]!.clear()
          ordinals[observer]!.clear()
        }
        assert.equal(books.size(observer), listed[observer]!.size)
        assert.equal(books.isListed(observer, subject), listed[observer]!.has(subject))
      }
      for (let machine = 0; machine < MACHINES; machine++) {
        for (let other = 0; other < MACHINES; other++) {
          assert.equal(books.ordinal(machine, other), ordinals[machine]!.get(other) ?? 0)
        }
        const isKnown = listed[machine]!.size > 0 || listed.some(subjects => subjects.has(machine))
        assert.equal(books.concerns(machine), isKnown)
      }
    })
  )
})
