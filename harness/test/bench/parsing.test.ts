import { test } from 'tap'
import { addUp } from '../../bench/figures/bytes.ts'
import { parseConnections, type Received } from '../../bench/proc.ts'
import { parseBenchUsage } from '../../bench/usage.ts'

const SS = [
  '0      0          127.1.1.1:33469      127.1.1.2:40123 users:(("node",pid=71,fd=21)) cubic bytes_received:900 segs_out:9 segs_in:10 send 3Mbps',
  '0      0          127.1.1.2:40123      127.1.1.1:33469 users:(("node",pid=72,fd=24)) cubic segs_in:2',
  '0      0          127.0.0.1:80         127.0.0.1:5000  cubic bytes_received:5 segs_in:1',
  ''
].join('\n')

test('each end of a connection has its process, its bytes, and these with their headers', async t => {
  t.same(
    [...parseConnections(SS)],
    [
      ['127.1.1.1:33469 127.1.1.2:40123', { pid: 71, bytes: 900, wireBytes: 900 + 10 * 52 }],
      ['127.1.1.2:40123 127.1.1.1:33469', { pid: 72, bytes: 0, wireBytes: 2 * 52 }],
      ['127.0.0.1:80 127.0.0.1:5000', { pid: undefined, bytes: 5, wireBytes: 57 }]
    ]
  )
})

test('between two looks only growth counts, of the named processes, from zero for new connections', async t => {
  const look = (bytes: Record<string, [pid: number, bytes: number]>) =>
    new Map(
      Object.entries(bytes).map(([key, [pid, value]]): [string, Received] => [
        key,
        { pid, bytes: value, wireBytes: 2 * value }
      ])
    )
  const total = { bytes: 0, wireBytes: 0 }
  addUp(
    total,
    look({ kept: [1, 100], closed: [1, 50] }),
    look({ kept: [1, 130], opened: [2, 7], foreign: [3, 99] }),
    new Set([1, 2])
  )
  t.same(total, { bytes: 37, wireBytes: 74 })
})

test('without flags everything is measured five times, quickly once', async t => {
  const plain = {
    kind: 'measure',
    only: undefined,
    runs: 5,
    nodes: undefined,
    serf: true,
    quick: false,
    out: undefined
  }
  t.same(parseBenchUsage([], ['kill']), plain)
  t.same(parseBenchUsage(['--quick'], ['kill']), { ...plain, quick: true, runs: 1 })
  t.same(parseBenchUsage(['--quick', '--runs', '2'], ['kill']), { ...plain, quick: true, runs: 2 })
})

test('flags name figures, sizes, and whether serf is measured', async t => {
  const usage = parseBenchUsage(['--only', 'kill,cpu', '--nodes', '50,10,10', '--no-serf'], ['cpu', 'kill'])
  t.match(usage, { kind: 'measure', only: ['kill', 'cpu'], nodes: [10, 50], serf: false })
  t.same(parseBenchUsage(['--write-docs', 'results.json'], []), { kind: 'write-docs', resultsPath: 'results.json' })
})

test('a wrong flag is told in one line that says what would be right', async t => {
  const wrong = (argv: string[], message: RegExp) => t.throws(() => parseBenchUsage(argv, ['cpu', 'kill']), { message })
  wrong(['--only', 'kil'], /^--only must name some of cpu, kill, not "kil"$/)
  wrong(['--runs', '0'], /^--runs must be a whole number from 1 to 100, not "0"$/)
  wrong(['--nodes', '10,two'], /^--nodes must be a whole number from 3 to 1000, not "two"$/)
  wrong(['--nodes', '2'], /not "2"$/)
  wrong(['--fast'], /^unknown option '--fast'; see npm run bench -- --help$/)
  wrong(['10'], /^too many arguments.*; see npm run bench -- --help$/)
})

test('help names every figure', async t => {
  const usage = parseBenchUsage(['--help'], ['cpu', 'kill'])
  t.match(usage, { kind: 'print', text: /cpu, kill/ })
})
