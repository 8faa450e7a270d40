import { mock } from 'node:test'
import t from 'tap'
import type { HistoryEvent } from '../../../src/history/history.ts'
import { converged, historyOf } from '../../toolkit/history-builder.ts'
import { Emulator, viewOn } from './emulator.ts'

const ESCAPE = '\x1b'

t.beforeEach(() => mock.timers.enable({ apis: ['setInterval'] }))
t.afterEach(() => mock.timers.reset())

function drawn(output: Emulator, events: readonly HistoryEvent[], options: Parameters<typeof viewOn>[1] = {}) {
  const { view, observe, pass } = viewOn(output, options)
  observe(events)
  const tick = (ms: number) => {
    pass(ms)
    mock.timers.tick(ms)
  }
  tick(1_000)
  return { view, observe, tick }
}

function numbered(size: number): string[] {
  return Array.from({ length: size }, (_, i) => `n${i + 1}`)
}

const broken = () =>
  historyOf(['a', 'b', 'c']).started('a', 'b').meet('a', 'b').spawned('c').exited('c', { code: 1 }).events

t.test('a terminal shows the time, what is up, whose book is right, who knows whom, and what is wrong', async t => {
  const terminal = new Emulator()
  const { view } = drawn(terminal, broken())
  const lines = await terminal.lines()
  t.equal(lines[0], 'converge  3 nodes')
  t.match(lines[1], /^time {3}█░{55} {2}1\.0 s of 30\.0 s$/)
  t.match(lines[2], /^ready {2}█+ {2}2 of 2$/)
  t.match(lines[3], /^books {2}█+ {2}2 of 2$/)
  t.match(lines[4], /^pairs {2}█+ {2}2 of 2$/)
  t.match(lines[5], /^now {4}all books are right, and have to stay right for 1 s/)
  t.match(lines[7], /^✗ c died/)
  t.same(lines.slice(-3), ['a        \\ ■ ·', 'b        ■ \\ ·', 'c        · · \\'])
  view.end()
})

t.test(
  'the head is there on every size, no line is cut without a sign, and nothing is drawn beyond the edge',
  async t => {
    for (const [columns, rows] of [
      [200, 60],
      [80, 24],
      [40, 10],
      [40, 6],
      [30, 3]
    ] as const) {
      const terminal = new Emulator({ columns, rows })
      const { view } = drawn(terminal, converged(numbered(50)).events)
      const lines = await terminal.lines()
      const head = lines.findIndex(line => line.startsWith('time'))
      t.ok(head === 0 || head === 1, `${columns}x${rows} begins with the time`)
      t.match(lines[head], /1\.0 s of 30\.0 s/)
      t.match(lines.slice(0, 6).join('\n'), /^pairs .* 2,450 of 2,450$/m)
      t.match(lines.slice(0, 7).join('\n'), /^now /m)
      view.end()
    }
  }
)

t.test('a terminal of one line or of one column says what fits, and nothing else', async t => {
  for (const [columns, rows] of [
    [60, 1],
    [1, 24],
    [1, 1]
  ] as const) {
    const terminal = new Emulator({ columns, rows })
    const { view } = drawn(terminal, broken())
    const lines = await terminal.lines()
    t.ok(lines.length <= rows && lines.every(line => line.length <= columns))
    if (columns === 60) t.match(lines[0], /^1\.0 s\/30\.0 s 2\/2 ready 2\/2 books 2\/2 pairs/)
    view.end()
  }
})

t.test('a terminal without columns or rows is not drawn on', async t => {
  for (const size of [
    { columns: 0, rows: 24 },
    { columns: 80, rows: 0 }
  ]) {
    const terminal = new Emulator(size)
    const { view } = drawn(terminal, converged(['a', 'b']).events)
    view.end()
    t.match(terminal.written.join(''), /^\P{Cc}+\n/u)
    t.notMatch(terminal.written.join(''), '\x1b')
  }
})

t.test('a window may change its size as often as it likes: no line of an earlier frame is left', async t => {
  const terminal = new Emulator()
  const { view, tick } = drawn(terminal, broken())
  for (const [columns, rows] of [
    [40, 10],
    [120, 40],
    [20, 4],
    [79, 8],
    [80, 24]
  ] as const) {
    terminal.resize(columns, rows)
    const lines = await terminal.lines()
    t.equal(lines.filter(line => line.startsWith('time')).length, 1, `${columns}x${rows}`)
    t.equal(new Set(lines.filter(line => line !== '')).size, lines.filter(line => line !== '').length)
    tick(250)
    t.equal((await terminal.lines()).filter(line => line.startsWith('time')).length, 1)
  }
  terminal.resize(0, 0)
  const before = terminal.written.length
  tick(1_000)
  t.equal(terminal.written.length, before, 'and nothing is drawn where there is no room')
  terminal.resize(60, 12)
  t.match(await terminal.lines(), [/^converge/])
  view.end()
})

t.test('what was on the terminal before is on it afterwards, with its cursor, and nothing else', async t => {
  const terminal = new Emulator()
  terminal.write('$ test-network 3\r\n')
  const { view, tick } = drawn(terminal, broken())
  t.equal(await terminal.isCursorShown(), false)
  terminal.resize(40, 10)
  view.end()
  t.same(await terminal.lines(), ['$ test-network 3'])
  t.equal(await terminal.isCursorShown(), true)
  const ended = terminal.written.length
  tick(5_000)
  terminal.resize(80, 24)
  view.end()
  t.equal(terminal.written.length, ended, 'nothing is drawn after the end')
})

t.test('a process that ends in any other way leaves the terminal as it was', async t => {
  const terminal = new Emulator()
  const listeners = process.listenerCount('exit')
  const { view } = drawn(terminal, broken())
  const leave = process.listeners('exit').at(-1)!
  leave.call(process, 1)
  t.same(await terminal.lines(), [])
  t.equal(await terminal.isCursorShown(), true)
  view.end()
  t.equal(process.listenerCount('exit'), listeners, 'and a view that is over listens no more')
})

t.test('what a warning leaves on the terminal is gone with the next frame', async t => {
  const terminal = new Emulator()
  const { view, tick } = drawn(terminal, broken())
  const before = await terminal.lines()
  terminal.write('warning: something\r\n'.repeat(40))
  t.match((await terminal.lines()).join(), 'warning')
  tick(250)
  t.same((await terminal.lines()).slice(6), before.slice(6))
  view.end()
})

t.test('a short run goes by without a word', async t => {
  const terminal = new Emulator()
  const { view, tick } = drawn(terminal, converged(['a', 'b']).events, { quietMs: 2_000 })
  t.same(terminal.written, [])
  tick(1_000)
  t.match(await terminal.lines(), [/^converge/])
  view.end()
})

t.test('colour follows the terminal, NO_COLOR and FORCE_COLOR', async t => {
  const colourOf = async (env: Record<string, string>) => {
    const terminal = new Emulator()
    const { view } = drawn(terminal, broken(), { env })
    const colour = await terminal.colourOf('✗')
    view.end()
    return colour
  }
  t.equal(await colourOf({}), 1, 'red')
  t.equal(await colourOf({ NO_COLOR: '1' }), -1)
  t.equal(await colourOf({ NO_COLOR: '' }), 1, 'an empty NO_COLOR is none')
  t.equal(await colourOf({ NO_COLOR: '1', FORCE_COLOR: '1' }), 1)
  t.equal(await colourOf({ FORCE_COLOR: '0' }), -1)
})

t.test('what nodes wrote moves no cursor', async t => {
  const terminal = new Emulator()
  const hostile = 'x\x1b[2J\x1b[1;1Hy\r\n\u202e\x9b1m'
  const history = historyOf(['a', 'b', hostile], { scenario: hostile }).started('a', 'b')
  const { view } = drawn(terminal, history.found('a', 'line is empty', hostile).exited('b', { code: 7 }).events)
  view.end()
  // What the view itself writes: screens, cursor, wrapping, places and erasing.
  const own = new RegExp(`${ESCAPE}\\[(?:\\?(?:1049|25|7)[hl]|\\d+;\\d+H|\\d*[KHmJ])`, 'g')
  const text = terminal.written.join('').replace(own, '')
  t.match(text, /^[^\p{Cc}\p{Cf}]*$/u)
  t.match(text, 'line is empty')
  t.equal(
    terminal.written.join('').split('\x1b[2J').length - 1,
    2,
    'the screen is cleared when it is opened and closed'
  )
})

t.test('a simulation shows how fast it is, in its own time', async t => {
  const terminal = new Emulator()
  const { view } = drawn(terminal, converged(['a', 'b']).events, { clock: () => ({ nowMs: 12_340, speed: 34.2 }) })
  const lines = await terminal.lines()
  t.equal(lines[0], 'converge  2 nodes, simulated at 34 times real time')
  t.match(lines[1], /12\.3 s of 30\.0 s$/)
  view.end()
})

t.test('50 nodes have a dot for each pair, and more nodes as long as there is room', async t => {
  const terminal = new Emulator()
  const { view } = drawn(terminal, converged(numbered(50)).events)
  const lines = await terminal.lines()
  t.equal(lines.filter(line => line === '⣿'.repeat(25)).length, 12)
  t.equal(lines.at(-1), '⠛'.repeat(25))
  view.end()
  const large = new Emulator({ columns: 200, rows: 60 })
  const other = drawn(large, converged(numbered(80)).events)
  t.equal((await large.lines()).filter(line => line === '⣿'.repeat(40)).length, 20)
  other.view.end()
})
