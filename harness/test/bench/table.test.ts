import { styleText } from 'node:util'
import { test } from 'tap'
import { fillBlocks } from '../../bench/docs.ts'
import { machineText, notesOf } from '../../bench/machine.ts'
import type { Machine, Results, Row } from '../../bench/results.ts'
import { limitText, renderTable, valueText } from '../../bench/table.ts'

const machine: Machine = {
  cpu: 'A Processor',
  cores: 2,
  memoryGiB: 24,
  system: 'Linux 6.1',
  node: '24.1.0',
  serf: 'serf 0.8.2',
  loadAverage: 0.25
}

const kill: Row = {
  figure: 'kill',
  metric: 'kill',
  what: 'SIGKILL -> gone',
  unit: 'ms',
  nodes: 50,
  values: [700, 1_234.5, 800],
  serf: [6_000],
  limit: { median: 1_500, worst: 1_000 }
}
const ratio: Row = {
  figure: 'verify',
  metric: 'ratio',
  what: 'ratio',
  unit: '',
  values: [0.91234],
  limit: { atLeast: 0.9 }
}

function resultsOf(rows: Row[], part: Partial<Results> = {}): Results {
  const startedAt = '2026-01-02T03:04:05.000Z'
  return { startedAt, runs: 3, quick: false, machine, rows, problems: [], notes: [], ...part }
}

test('a table shows median, worst, limit, serf and ratio of each row, in aligned columns', async t => {
  t.equal(
    renderTable([kill, ratio]),
    `
| figure          | nodes | median |    worst |                            limit |     serf | ours / serf | values |
| --------------- | ----: | -----: | -------: | -------------------------------: | -------: | ----------: | -----: |
| SIGKILL -> gone |    50 | 800 ms | 1,235 ms | <= 1,500 ms, worst <= 1,000 ms ✗ | 6,000 ms |       0.133 |      3 |
| ratio           |       |  0.912 |          |                         >= 0.9 ✓ |          |             |      1 |`.trimStart()
  )
})

test('colour leaves the columns aligned', async t => {
  const plain = renderTable([kill, ratio])
  const coloured = renderTable([kill, ratio], text => styleText('red', text, { validateStream: false }))
  t.not(coloured, plain)
  // biome-ignore lint/suspicious/noControlCharactersInRegex: that is what a colour is made of.
  t.equal(coloured.replaceAll(/\x1b\[\d+m/g, ''), plain)
})

test('a value has three digits and its unit, more only before the point', async t => {
  t.equal(valueText(0.123456, ''), '0.123')
  t.equal(valueText(12.345, 'ms'), '12.3 ms')
  t.equal(valueText(1_234_567.8, 'bytes/s'), '1,234,568 bytes/s')
  t.equal(valueText(0, ''), '0')
})

test('a limit says of what it is', async t => {
  t.equal(limitText({ median: 8 }, 's'), '<= 8 s')
  t.equal(limitText({ worst: 0 }, ''), 'worst <= 0')
  t.equal(limitText({ atLeast: 0.9 }, ''), '>= 0.9')
})

test('the documentation takes the rows of the figures that it names, and keeps its prose', async t => {
  const before =
    'Prose.\n<!-- bench: kill stop -->\nold\n<!-- /bench -->\nMore.\n<!-- bench: machine -->\n<!-- /bench -->\n'
  const after = fillBlocks(before, resultsOf([kill, ratio]))
  t.match(after, /^Prose\.\n<!-- bench: kill stop -->\n\n\| figure/)
  t.match(after, /SIGKILL -> gone .*\n\n<!-- \/bench -->\nMore\./)
  t.match(after, /<!-- bench: machine -->\n\n2 cores .*\n\n<!-- \/bench -->\n$/)
  t.notMatch(after, 'old')
  t.notMatch(after, '| ratio')
})

test('filling the documentation twice changes nothing more', async t => {
  const once = fillBlocks('<!-- bench: kill -->\n<!-- /bench -->\n', resultsOf([kill]))
  t.equal(fillBlocks(once, resultsOf([kill])), once)
})

test('a figure that was not measured says so', async t => {
  t.match(fillBlocks('<!-- bench: bytes -->\n<!-- /bench -->', resultsOf([kill])), 'Not measured')
})

test('a document without a place for numbers is refused', async t => {
  t.throws(() => fillBlocks('Prose.', resultsOf([kill])), /no place/)
})

test('one sentence says on what was measured', async t => {
  t.equal(
    machineText(resultsOf([])),
    '2 cores (A Processor), 24 GiB, Linux 6.1, Node.js 24.1.0, serf 0.8.2; 2026-01-02, 3 runs, load average before it 0.3.'
  )
  t.match(machineText(resultsOf([], { quick: true })), 'quick look')
})

test('a busy host is noted, an idle one is not', async t => {
  t.match(notesOf({ ...machine, loadAverage: 1.5 })[0], /busy/)
  t.same(notesOf({ ...machine, loadAverage: 1 }), [])
})
