import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import Module from 'node:module'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Script } from 'node:vm'
import tap, { type Test, test } from 'tap'
import { FILE_PATIENCE_MS, PATIENCE_MS } from '../../../../scripts/tests/until.ts'
import { ownCommand } from '../../../src/runners/program/own-command.ts'

tap.setTimeout(FILE_PATIENCE_MS)

const startPath = fileURLToPath(new URL('../../../src/node/start.cjs', import.meta.url))

test('our node is started with code that V8 accepts, of functions that ran while nodes met', async t => {
  const [, start, program, codeCache] = await ownCommand(() => {})
  t.equal(start, startPath)
  const source = Module.wrap(readFileSync(program!, 'utf8'))
  const cachedData = readFileSync(codeCache!)
  t.equal(new Script(source, { cachedData }).cachedDataRejected, false)
  t.ok(cachedData.includes('relayed an announcement that is'), 'of a function that takes a record from a partner')
  t.notOk(cachedData.includes('cannot dial: '), 'not of one that did not run')
})

test('our node loads nothing at its start that it does not use', async t => {
  const [, , program, codeCache] = await ownCommand(() => {})
  t.notMatch(readFileSync(program!, 'utf8'), /WebAssembly|ZodError/)
  const folder = t.testdir({
    'told.cjs': `process.on('exit', () => console.error(process.moduleLoadList.join('\\n')))`
  })
  const { stdout, stderr } = spawnSync(
    // Without what tap has a process load on top.
    'env',
    ['-u', 'NODE_OPTIONS', process.execPath, '--require', join(folder, 'told.cjs'), startPath, program!, codeCache!],
    { encoding: 'utf8', timeout: PATIENCE_MS, input: '' }
  )
  t.match(stdout, /"type":"ready"/)
  t.match(stderr, /^NativeModule util$/m)
  t.notMatch(
    stderr,
    /^NativeModule (worker_threads|inspector|internal\/util\/(diff|trace_sigint)|fs\/promises|readline)$/m
  )
})

test('a program is started as if by itself: with its own flags, name and modules', async t => {
  const { run } = workshop(
    t,
    "console.log(process.argv.slice(2).join(), __filename === process.argv[1], typeof require('fs'))"
  )
  t.equal(run(['--a', 'b']).stdout, '--a,b true object\n')
})

test('code is written when asked for, and leaves nothing else behind', async t => {
  const { run, folder, codeCache } = workshop(t, "console.log('hello')")
  run()
  t.notOk(existsSync(codeCache))
  run([], { GOSSIP_TESTBED_CODE_CACHE: 'write' })
  t.same(readdirSync(folder).sort(), ['program.cjs', 'program.code-cache'])
  t.equal(run().stdout, 'hello\n')
})

test('a program starts whatever is in the place of its code', async t => {
  const { run, codeCache } = workshop(t, "console.log('hello')")
  writeFileSync(codeCache, 'no code at all')
  t.match(run(), { stdout: 'hello\n', stderr: '', status: 0 })
})

function workshop(t: Test, program: string) {
  const folder = t.testdir({ 'program.cjs': program })
  const codeCache = join(folder, 'program.code-cache')
  const run = (flags: string[] = [], env: Record<string, string> = {}) =>
    spawnSync(process.execPath, [startPath, join(folder, 'program.cjs'), codeCache, ...flags], {
      encoding: 'utf8',
      timeout: PATIENCE_MS,
      env: { ...process.env, NODE_OPTIONS: '', ...env }
    })
  return { folder, codeCache, run }
}
