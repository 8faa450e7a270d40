import { test } from 'tap'
import { createProgress } from '../../src/simulation/progress.ts'
import { Simulation } from '../../src/simulation/simulation.ts'
import { planOf } from './plans.ts'

/** Tells each 100 ms for so long. */
function told(isTTY: boolean, forMs: number): string[] {
  const written: string[] = []
  let nowMs = 0
  const simulation = new Simulation({ plan: planOf() })
  const progress = createProgress(simulation, { isTTY, write: text => written.push(text) }, () => nowMs)
  for (; nowMs < forMs; nowMs += 100) progress.tell()
  progress.end()
  return written
}

test('whoever does not wait long hears nothing', async t => {
  t.same(told(true, 1_900), [])
  t.same(told(false, 29_000), [])
})

test('a terminal has one line that is written anew, and nothing of it is left', async t => {
  const written = told(true, 4_000)
  t.ok(written.length > 5)
  t.ok(written.every(text => text.startsWith('\r\x1b[K') && !text.includes('\n')))
  t.match(written[0], /simulated 0\.0 s of at most 120 s: 0 nodes run, their books are 0 % full$/)
  t.equal(written.at(-1), '\r\x1b[K')
})

test('a log gets a line each half minute, without control characters', async t => {
  const written = told(false, 95_000)
  t.equal(written.length, 3)
  t.ok(written.every(text => /^\P{Cc}+\n$/u.test(text)))
})
