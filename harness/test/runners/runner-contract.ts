/** What every runner must hold, whatever it runs nodes in. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type Test, test } from 'tap'
import { settled } from '../../../scripts/tests/until.ts'
import { MAX_LINE_BYTES, type NodeLine } from '../../src/contract.ts'
import { MAX_FINDINGS } from '../../src/runners/output/lines.ts'
import type { LogPathOf, Runner } from '../../src/runners/runner.ts'
import { createRecorder, isLine, isType } from '../toolkit/recorder.ts'

/** `program` is the name of a file in test/nodes/. */
export type MakeRunner = (program: string, logPathOf: LogPathOf) => Runner | Promise<Runner>

export function runnerContract(name: string, makeRunner: MakeRunner): void {
  const fact = (what: string, check: (t: Test, run: StartNodes) => Promise<void>) =>
    test(`${name} runner: ${what}`, async t => {
      const runs: Started[] = []
      t.teardown(async () => {
        await Promise.all(runs.flatMap(({ handles }) => handles.map(handle => handle.stop())))
        await Promise.all(runs.map(({ runner }) => runner.close()))
      })
      await check(t, async program => {
        const started = await startWith(makeRunner, program, t.testdir())
        runs.push(started)
        return started
      })
    })

  fact('a node is started, asked, and stopped, and all of it is observed in order', async (t, run) => {
    const { start, seen } = await run('honest.mjs')
    const handle = start('n1')
    await seen.until(isLine('ready'))
    handle.send({ type: 'dump' })
    await seen.until(isLine('book'))
    await handle.stop()
    t.match(
      seen.observations.filter(({ type }) => type !== 'line'),
      [{ type: 'spawned', node: 'n1', run: 1 }, { type: 'stop-requested' }, { type: 'exited', code: 0, signal: null }]
    )
    t.equal(seen.observations.at(-1)?.type, 'exited', 'nothing follows the exit')
  })

  fact('nodes reach each other at the addresses that they are ready at', async (t, run) => {
    const { start, seen } = await run('honest.mjs')
    start('n1')
    start('n2', 1, ['--bootstrap', addrOf(await seen.until(isLine('ready', 'n1')))])
    const joined = await Promise.all([seen.until(isLine('joined', 'n1')), seen.until(isLine('joined', 'n2'))])
    t.match(joined, [{ line: { name: 'n2' } }, { line: { name: 'n1' } }])
  })

  fact(
    'a node that prints half a line and dies is reported with that line, its code and its last words',
    async (t, run) => {
      const { start, seen } = await run('half-line.mjs')
      await settled(start('n1').ended, () => seen.observations)
      t.match(seen.observations, [
        { type: 'spawned' },
        { type: 'finding', finding: { lineNumber: 1, fault: /middle of a line/, text: '{"type":"ready","v":1,"no' } },
        { type: 'exited', code: 7, signal: null, stderrTail: ['about to die'] }
      ])
    }
  )

  fact('a node that ends at once is reported with its stderr, printable', async (t, run) => {
    const { start, seen, logPathOf } = await run('exits-at-once.mjs')
    await settled(start('n1').ended, () => seen.observations)
    t.match(seen.observations.at(-1), {
      type: 'exited',
      code: 9,
      stderrTail: ['cannot read \ufffd[31mconfig.json\ufffd[0m']
    })
    t.equal(
      await readFile(logPathOf('n1'), 'utf8'),
      'cannot read \u001b[31mconfig.json\u001b[0m\n',
      'the log is as it was'
    )
  })

  fact('a node that is killed is reported with the signal, and as not asked to stop', async (t, run) => {
    const { start, seen } = await run('honest.mjs')
    const handle = start('n1')
    await seen.until(isLine('ready'))
    handle.signal('SIGKILL')
    await settled(handle.ended, () => seen.observations)
    t.match(seen.observations.at(-1), { type: 'exited', code: null, signal: 'SIGKILL' })
    t.notOk(seen.observations.some(isType('stop-requested')))
  })

  for (const [program, fault] of [
    ['rubbish.mjs', 'line is not JSON'],
    ['long-line.mjs', `line longer than ${MAX_LINE_BYTES} bytes`],
    ['not-utf8.mjs', 'line is not UTF-8']
  ] as const) {
    fact(`a node that breaks the contract is a finding, and is read on (${program})`, async (t, run) => {
      const { start, seen } = await run(program)
      start('n1')
      await seen.until(isLine('ready'))
      t.match(seen.observations.find(isType('finding')), { node: 'n1', run: 1, finding: { lineNumber: 1, fault } })
    })
  }

  for (const program of ['silent.mjs', 'closes-stdout.mjs']) {
    fact(`a node that says nothing is neither a finding nor in the way (${program})`, async (t, run) => {
      const { start, seen } = await run(program)
      const handle = start('n1')
      await seen.until(isType('spawned'))
      await handle.stop()
      t.match(seen.observations, [{ type: 'spawned' }, { type: 'stop-requested' }, { type: 'exited' }])
      t.equal(seen.observations.length, 3)
    })
  }

  fact('a node that floods does not keep another from being heard, and its findings are bounded', async (t, run) => {
    const flood = await run('floods.mjs')
    const flooding = flood.start('n1')
    await flood.seen.until(seen => seen.type === 'finding' && /more than \d+ lines a second/.test(seen.finding.fault))
    const { start, seen } = await run('honest.mjs')
    const honest = start('n2')
    await seen.until(isLine('ready'))
    honest.send({ type: 'dump' })
    await seen.until(isLine('book'))
    await flooding.stop()
    const faults = flood.seen.observations.flatMap(seen => (seen.type === 'finding' ? [seen.finding.fault] : []))
    t.ok(faults.length <= MAX_FINDINGS + 2, 'those kept, their count, and the flood itself')
    t.ok(faults.some(fault => /\d+ more faults/.test(fault)))
  })

  fact('a node that ignores every polite request is killed', async (t, run) => {
    const { start, seen } = await run('stubborn.mjs')
    const handle = start('n1')
    await seen.until(isLine('ready'))
    await settled(handle.stop(), () => seen.observations)
    t.match(seen.observations.at(-1), { type: 'exited', signal: 'SIGKILL' })
  })

  fact('a node that is paused ends all the same', async (t, run) => {
    const { start, seen } = await run('honest.mjs')
    const handle = start('n1')
    await seen.until(isLine('ready'))
    handle.signal('SIGSTOP')
    await settled(handle.stop(), () => seen.observations)
    t.equal(seen.observations.at(-1)?.type, 'exited')
  })

  fact('a node that has ended takes commands, signals and stops without harm', async (t, run) => {
    const { start, seen } = await run('exits-at-once.mjs')
    const handle = start('n1')
    await settled(handle.ended, () => seen.observations)
    handle.send({ type: 'dump' })
    handle.signal('SIGKILL')
    await Promise.all([handle.stop(), handle.stop()])
    t.equal(seen.observations.at(-1)?.type, 'exited')
    t.notOk(seen.observations.some(isType('stop-requested')), 'nobody asked it to end')
  })
}

type StartNodes = (program: string) => Promise<Started>
type Started = Awaited<ReturnType<typeof startWith>>

async function startWith(makeRunner: MakeRunner, program: string, folder: string) {
  const logPathOf = (node: string) => join(folder, `${node}.log`)
  const runner = await makeRunner(program, logPathOf)
  const seen = createRecorder()
  const handles: ReturnType<Runner['start']>[] = []
  const start = (node: string, index = 0, args: string[] = []) => {
    const handle = runner.start({ node, run: 1, index, args: ['--name', node, ...args] }, seen.observe)
    handles.push(handle)
    return handle
  }
  return { runner, seen, handles, start, logPathOf }
}

function addrOf(seen: { line?: NodeLine } | object): string {
  const line = 'line' in seen ? seen.line : undefined
  const addr = line?.type === 'ready' ? line.addrs[0] : undefined
  if (addr === undefined) throw new Error('the node has no address')
  return addr
}
