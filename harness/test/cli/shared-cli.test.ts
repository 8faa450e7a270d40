import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import tap, { test } from 'tap'
import { FILE_PATIENCE_MS } from '../../../scripts/tests/until.ts'
import { startHarness, untilTold } from '../toolkit/harness.ts'
import { untilGone } from '../toolkit/processes.ts'

tap.setTimeout(FILE_PATIENCE_MS)

test('real nodes that share processes find each other, and all that is left of the run says so', async t => {
  let folder = ''
  const { code, stdout } = await untilTold(() => {
    folder = t.testdir()
    return startHarness(t, folder, ['6', '60', '--per-process', '3'])
  })
  t.match({ code, stdout }, { code: 0, stdout: /^PASS {2}6 nodes, 3 to a process, found each other in /m })
  const history = (await readFile(join(folder, 'runs/latest/history.ndjson'), 'utf8')).trimEnd().split('\n')
  const events = history.map(line => JSON.parse(line))
  t.equal(events[0].perProcess, 3)
  const pids = events.flatMap(event => (event.type === 'spawned' ? [event.pid] : []))
  t.equal(new Set(pids).size, 2)
  t.notOk(
    events.some(event => event.line?.type === 'stats' && 'cpuMs' in event.line),
    'costs are not told of a node'
  )
  const result = await readFile(join(folder, 'runs/latest/result.json'), 'utf8')
  t.equal(JSON.parse(result).run.perProcess, 3)
  const logs = (await readdir(join(folder, 'runs/latest'))).filter(name => name.endsWith('.log'))
  t.equal(logs.length, 6)
  const again = await startHarness(t, folder, ['judge', 'runs/latest', '--json']).ended
  const { artefacts: _, ...expected } = JSON.parse(result)
  const { artefacts: __, ...judged } = JSON.parse(again.stdout)
  t.same(judged, expected, 'judged again it is the same')
  await untilGone(pids)
})

for (const [argv, reason] of [
  [
    'run crash 6',
    /^step s\d\S* of crash cannot be done: kill: it would hit all nodes of a process; leave --per-process out$/
  ],
  ['run clock-jumps 6', /^step s\d\S* of clock-jumps cannot be done: clock: all nodes of a process have one clock/],
  ['run two-versions 6', /^two-versions runs the program \S+, and only nodes of the package share processes/]
] as const) {
  test(`what needs a process for each node is refused in one line, before anything starts: ${argv}`, async t => {
    const folder = t.testdir()
    const { code, stdout, stderr } = await startHarness(t, folder, [...argv.split(' '), '--per-process', '3']).ended
    t.equal(code, 2)
    t.equal(stdout, '')
    const lines = stderr
      .trimEnd()
      .split('\n')
      .filter(line => line !== 'bundling the node program')
    t.equal(lines.length, 1)
    t.match(lines[0]!.replace(/^test-network: /, ''), reason)
    t.same(await readdir(folder), [], 'no run began')
  })
}
