import { EventEmitter } from 'node:events'
import { mock } from 'node:test'
import t from 'tap'
import type { HistoryEvent } from '../../src/history/history.ts'
import { networkOf } from '../../src/history/network.ts'
import { createLiveView, plainDisplay, renderFrame } from '../../src/reports/terminal/live.ts'
import { converged, historyOf } from '../toolkit/history-builder.ts'

function numbered(size: number): string[] {
  return Array.from({ length: size }, (_, i) => `n${i + 1}`)
}

const frameOf = (events: readonly HistoryEvent[], nowMs = 3_210, width = 80) =>
  renderFrame(networkOf(events), nowMs, width)

t.test('a frame says what is up, whose book is full, and how much time is left', async t => {
  const history = historyOf(['a', 'b', 'c']).started('a', 'b').meet('a', 'b').spawned('c').exited('c', { code: 1 })
  const lines = frameOf(history.events).split('\n')
  t.equal(lines[0], '3.2 s  26.8 s left  all full for 3.2 s  1 down  1 violation')
  t.match(lines[1], /^ready {2}█{20}░{10} {2}2\/3$/)
  t.match(lines[2], /^books {2}█{20}░{10} {2}2\/3$/)
  t.match(lines[3], /^pairs {2}█{10}░{20} {2}2\/6$/)
  t.same(lines.slice(5), ['    a  \\ ■ ·', '    b  ■ \\ ·', '    c  · · \\'])
})

t.test('a frame of 50 nodes has a dot for each cell and fits on a small terminal', async t => {
  const lines = frameOf(converged(numbered(50)).events).split('\n')
  t.equal(lines.length, 5 + 13)
  t.equal(lines[5], `  ${'⣿'.repeat(25)}`)
  t.equal(lines[17], `  ${'⠛'.repeat(25)}`)
  t.equal(frameOf(historyOf(numbered(50)).events).split('\n')[5], `  ${'⠀'.repeat(25)}`)
})

t.test('a frame of more nodes is only bars', async t => {
  t.equal(frameOf(historyOf(numbered(51)).events).split('\n').length, 4)
})

t.test('no line of a frame is wider than the terminal, even before the run began', async t => {
  for (const width of [1, 20, 60]) {
    for (const events of [[], historyOf(numbered(16)).events, converged(numbered(50)).events]) {
      t.ok(
        frameOf(events, 0, width)
          .split('\n')
          .every(line => [...line].length <= width)
      )
    }
  }
})

t.test('where there is no terminal, a line is written when something changed, and only then', async t => {
  const written: string[] = []
  const display = plainDisplay(text => written.push(text))
  const history = historyOf(['a', 'b']).started('a')
  display.show(networkOf([]), 10)
  t.same(written, [], 'nothing before the run began')
  display.show(networkOf(history.events), 500)
  display.show(networkOf(history.events), 1_000)
  display.show(networkOf(history.started('b').meet('a', 'b').events), 1_500)
  display.end(networkOf(history.found('a', 'line is empty').events), 1_720)
  t.same(written, [
    '0.5 s  1/2 ready  0/2 books full\n',
    '1.5 s  2/2 ready  2/2 books full\n',
    '1.7 s  2/2 ready  2/2 books full  1 violation\n'
  ])
})

t.test('the view writes plain lines into a pipe, and leaves no timer behind', async t => {
  const { stream, written } = fakeStream()
  const view = createLiveView({ stream, redraw: false })
  for (const event of converged(['a', 'b']).events) view.observe(event)
  view.end()
  t.match(written.join(''), / s {2}2\/2 ready {2}2\/2 books full\n/)
  t.notMatch(written.join(''), '\u001b')
})

t.test('the view draws in place on a terminal, and clears what it drew', async t => {
  mock.timers.enable({ apis: ['setInterval'] })
  t.teardown(() => mock.timers.reset())
  const { stream, written } = fakeStream()
  const view = createLiveView({ stream, redraw: true })
  for (const event of converged(['a', 'b']).events) view.observe(event)
  mock.timers.tick(100)
  t.match(written.join(''), /ready {2}█{30} {2}2\/2\n/)
  view.end()
  const cleared = written.length
  t.match(written.at(-1), '\u001b[2K\u001b[1A')
  mock.timers.tick(1_000)
  t.equal(written.length, cleared, 'and nothing is drawn after the end')
})

t.test('a view draws in place only on a terminal that is not the log of a CI', async t => {
  const { CI } = process.env
  mock.timers.enable({ apis: ['setInterval'] })
  t.teardown(() => {
    mock.timers.reset()
    if (CI === undefined) delete process.env.CI
    else process.env.CI = CI
  })
  const isDrawn = (isTTY: boolean, ci: string) => {
    process.env.CI = ci
    const { stream, written } = fakeStream()
    const view = createLiveView({ stream: Object.assign(stream, { isTTY }) })
    for (const event of converged(['a', 'b']).events) view.observe(event)
    mock.timers.tick(1_000)
    view.end()
    return written.join('').includes('\u001b')
  }
  t.equal(isDrawn(true, ''), true)
  t.equal(isDrawn(true, 'true'), false)
  t.equal(isDrawn(false, ''), false)
})

function fakeStream() {
  const written: string[] = []
  const stream = Object.assign(new EventEmitter(), {
    columns: 80,
    rows: 24,
    isTTY: true,
    write: (text: string) => written.push(text) > 0
  }) as unknown as NodeJS.WriteStream
  return { stream, written }
}
