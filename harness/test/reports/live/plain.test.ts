import { mock } from 'node:test'
import t from 'tap'
import { converged, historyOf } from '../../toolkit/history-builder.ts'
import { Emulator, viewOn } from './emulator.ts'

t.beforeEach(() => mock.timers.enable({ apis: ['setInterval'] }))
t.afterEach(() => mock.timers.reset())

function told(output: Emulator, env: Record<string, string> = {}) {
  const { view, observe, pass } = viewOn(output, { env })
  return {
    view,
    observe,
    tick(ms: number) {
      for (let left = ms; left > 0; left -= 500) {
        pass(500)
        mock.timers.tick(500)
      }
    },
    lines: () => output.written.join('').split('\n').slice(0, -1)
  }
}

t.test('a pipe gets a line when the phase changes, one for what happens, and few beside them', async t => {
  const { view, observe, tick, lines } = told(new Emulator({ isTTY: false }))
  tick(1_000)
  t.same(lines(), [], 'nothing before the run began')
  const history = historyOf(['a', 'b']).started('a')
  observe(history.events)
  tick(500)
  t.same(lines(), ['1.5 s  1 of 2 ready, 0 of 1 books, 0 of 0 pairs: the nodes start: 1 of 2 are ready'])
  const known = history.events.length
  observe(history.at(1_000).started('b').meet('a', 'b').events.slice(known))
  tick(1_000)
  t.same(lines().slice(1), [
    '1.0 s  all books are right',
    '2.5 s  2 of 2 ready, 2 of 2 books, 2 of 2 pairs: all books are right, and have to stay right for 1 s'
  ])
  tick(60_000)
  t.equal(lines().length, 3, 'nothing where nothing changes')
  view.end()
})

t.test('what is broken, healed and wrong is told once', async t => {
  const { view, observe, tick, lines } = told(new Emulator({ isTTY: false }))
  const history = converged(['a', 'b']).faultInjected('s1', 'a').at(3_000).faultHealed('s1', 'a')
  observe(history.at(4_000).found('a', 'line is empty').events)
  tick(5_000)
  t.match(lines(), [
    /^1\.0 s {2}all books are right$/,
    '2.1 s  fault s1 began: it hits a',
    '3.0 s  fault s1 was healed',
    /✗ a .*line is empty/,
    / 2 of 2 ready/
  ])
  t.equal(lines().length, 5)
  view.end()
  view.end()
  t.equal(lines().length, 5)
})

t.test('no cursor code and no colour is written into a pipe, on a dumb terminal, or in a CI', async t => {
  for (const [isTTY, env] of [
    [false, {}],
    [true, { TERM: 'dumb' }],
    [true, { CI: 'true' }],
    [false, { FORCE_COLOR: '1' }]
  ] as const) {
    const output = new Emulator({ isTTY })
    const { view, observe, tick } = told(output, env)
    observe(converged(['a', 'b']).found('a', 'bad', 'x\x1b[2J').events)
    tick(3_000)
    view.end()
    t.match(output.written.join(''), /2 of 2 ready/)
    t.match(output.written.join(''), /^[\P{Cc}\n]+$/u)
  }
  const terminal = new Emulator()
  const { view, observe, tick } = told(terminal, { CI: 'false' })
  observe(converged(['a', 'b']).events)
  tick(1_000)
  view.end()
  t.match(terminal.written.join(''), '\x1b', 'but a terminal of nobody is drawn on')
})

t.test('a log of a CI stays short, however much happens', async t => {
  const { view, observe, tick, lines } = told(new Emulator({ isTTY: false }), { CI: '1' })
  const history = historyOf(['a', 'b']).started('a', 'b').meet('a', 'b')
  let known = 0
  const look = () => {
    observe(history.events.slice(known))
    known = history.events.length
    tick(500)
  }
  for (let i = 0; i < 100; i++) {
    history
      .at(i * 500)
      .expired('a', 'b')
      .joined('a', 'b')
    look()
  }
  t.ok(lines().length < 130, 'a minute of trouble')
  for (let i = 0; i < 500; i++) history.faultInjected(`s${i}`, 'a')
  look()
  t.ok(
    lines()
      .slice(-13)
      .some(line => /\d+ more, and then:$/.test(line))
  )
  view.end()
})
