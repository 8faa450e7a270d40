/** In a simulated network on links of 50 ms: whatever a node says last is in every book within a second. */
import { test } from 'tap'
import { Sayings } from './sayings.ts'

test('fifteen updates 30 ms apart, and then a farewell: nobody lists the node', async t => {
  const run = new Sayings()
  run.every(30, 15, n => run.update(`${n}`))
  run.after(15 * 30, () => run.subject.driver.handle({ type: 'leave' }))
  run.judge(t, 15 * 30, undefined)
})

test('thirty updates in 1.5 s: everybody lists the last', async t => {
  const run = new Sayings()
  run.every(50, 30, n => run.update(`${n}`))
  run.judge(t, 29 * 50, '29')
})

test('ten restarts, each with updates before and after: everybody lists the last run, and what it said last', async t => {
  const run = new Sayings()
  run.every(100, 10, n => {
    run.update(`before ${n}`)
    run.restart(n % 2 === 0 ? 'kill' : 'leave')
    run.update(`after ${n}`)
  })
  run.judge(t, 9 * 100, 'after 9')
})

test('a farewell, and back at once, five times: everybody lists the node', async t => {
  const run = new Sayings()
  run.every(60, 5, n => {
    run.restart('leave')
    run.update(`${n}`)
  })
  run.judge(t, 4 * 60, '4')
})
