import tap, { test } from 'tap'
import { FILE_PATIENCE_MS } from '../../../scripts/tests/until.ts'
import { nodeProgram } from '../../src/runners/program/node-bundle.ts'
import { startHarness, untilTold } from '../toolkit/harness.ts'
import { untilGone } from '../toolkit/processes.ts'

tap.setTimeout(FILE_PATIENCE_MS)

test('our own nodes find each other over TCP and gossipsub, from a bundle that is there already', async t => {
  await nodeProgram(() => {})
  const { code, stdout, stderr } = await untilTold(() => startHarness(t, t.testdir(), ['5', '60', '--json']))
  t.match({ code, stdout }, { code: 0 })
  t.equal(stderr, '', 'nothing was bundled')
})

test('our own node program keeps its contract', async t => {
  const { path } = await nodeProgram(() => {})
  const argv = ['conformance', '--', process.execPath, path]
  const { code, stdout } = await untilTold(() => startHarness(t, t.testdir(), argv))
  t.match({ code, stdout }, { code: 0 })
})

test('one of our nodes killed from outside fails the run by name, and no node is left', async t => {
  const harness = startHarness(t, t.testdir(), ['4', '60', '--settle', '50'])
  const isReady = async () =>
    (await harness.history()).filter(event => event.type === 'line' && event.line.type === 'ready').length === 4
  await harness.until(isReady)
  const pids = (await harness.history()).flatMap(event => (event.type === 'spawned' ? [event.pid!] : []))
  process.kill(pids[2]!, 'SIGKILL')
  const { code, stdout } = await harness.ended
  t.equal(code, 1)
  t.match(stdout, /n\d was killed by SIGKILL/)
  await untilGone(pids)
})
