/** What a harness that is gone leaves on the engine, and what removes it. */
import { readdirSync, readFileSync } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'
import { type Test, test } from 'tap'
import { until } from '../../../../scripts/tests/until.ts'
import type { Engine } from '../../../src/runners/container/engine.ts'
import { findRuns } from '../../../src/runners/container/leftovers/leftovers.ts'
import { newRun, OWNER_LABEL } from '../../../src/runners/container/run.ts'
import { formatOwner, type Owner, thisProcess } from '../../../src/runners/processes/owner.ts'
import { startHarness } from '../../toolkit/harness.ts'
import { createRecorder, isLine } from '../../toolkit/recorder.ts'
import { leftoversOf, runnerOf, testImage, withEngine } from './engine.ts'

const KILLS = 4
/** From before the first network to after the last node. */
const LATEST_MS = 4_000

await withEngine(engine => {
  test(`a harness that is killed leaves nothing on the engine, whatever the moment (${KILLS} of them)`, async t => {
    for (let kill = 1; kill <= KILLS; kill += 1) {
      const afterMs = Math.round((LATEST_MS * (kill - Math.random())) / KILLS)
      const marker = `kill-${kill}-of-${process.pid}`
      const harness = startHarness(t, t.testdir(), ['--runner', 'container', '--settle', '30', '4', '60'], {
        env: { MARKER: marker }
      })
      const { pid } = harness.child
      await delay(afterMs)
      const [before] = await runsOf(engine, pid)
      harness.child.kill('SIGKILL')
      await harness.ended
      await until(
        () => !anyProcessWith(`MARKER=${marker}`),
        () => `a process with MARKER=${marker}`
      )
      const had = `${before?.networkIds.length ?? 0} networks, ${before?.containerIds.length ?? 0} containers`
      t.same(await runsOf(engine, pid), [], `killed after ${afterMs} ms with ${had}`)
    }
  })

  test('clean removes what a dead run has left, and nothing else', async t => {
    const dead = await leave(t, engine, { started: 'at another time' })
    const elsewhere = await leave(t, engine, { machine: 'another' })
    const bystander = await engine.container.dockerode.createNetwork({ Name: `bystander-of-${process.pid}` })
    t.teardown(() => bystander.remove())
    const { runner, handle, seen } = await startOne(engine)

    const { code, stdout } = await startHarness(t, t.testdir(), ['clean']).ended
    t.equal(code, 0)
    t.match(stdout, /^removed \d+ containers?, \d+ networks?/)
    t.match(stdout, `left: run ${runner.runId}, whose harness is running (process ${process.pid})`)
    t.match(stdout, `test-network clean --run ${elsewhere.id}`)
    t.same(await leftoversOf(engine, dead.id), [])
    await t.rejects(dead.volume.inspect(), { message: /no such volume/i })
    t.equal((await leftoversOf(engine, elsewhere.id)).length, 2, 'nobody here knows whether it lives')
    await bystander.inspect()
    handle.send({ type: 'dump' })
    await seen.until(isLine('book'))

    await handle.stop()
    await runner.close()
    const again = await startHarness(t, t.testdir(), ['clean', '--run', elsewhere.id]).ended
    t.match(again, { code: 0, stdout: /^removed 1 container, 1 network/ })
    t.same(await leftoversOf(engine, elsewhere.id), [])
    await t.rejects(elsewhere.volume.inspect(), { message: /no such volume/i })
  })
})

async function runsOf(engine: Engine, pid: number | undefined) {
  return (await findRuns(engine.container.dockerode)).filter(({ owner }) => owner?.pid === pid)
}

/** The reaper of a harness has its environment. */
function anyProcessWith(variable: string): boolean {
  return readdirSync('/proc').some(name => {
    try {
      return /^\d+$/.test(name) && readFileSync(`/proc/${name}/environ`, 'latin1').split('\0').includes(variable)
    } catch {
      return false
    }
  })
}

/** A network, a container and its volume, as of a run of that owner. */
async function leave(t: Test, engine: Engine, owner: Partial<Owner>) {
  const { dockerode } = engine.container
  const run = newRun()
  const labels = { ...run.labels, [OWNER_LABEL]: formatOwner({ ...thisProcess(), ...owner }) }
  const network = await dockerode.createNetwork({ Name: run.name, Labels: labels })
  const container = await dockerode.createContainer({
    Image: await testImage(engine),
    name: `${run.name}-n1`,
    Labels: labels,
    Volumes: { '/data': {} },
    HostConfig: { NetworkMode: run.name }
  })
  t.teardown(async () => {
    await container.remove({ force: true, v: true }).catch(() => {})
    await network.remove().catch(() => {})
  })
  const { Mounts } = await container.inspect()
  const volume = dockerode.getVolume(Mounts.find(({ Destination }) => Destination === '/data')?.Name ?? '')
  await volume.inspect()
  return { ...run, volume }
}

async function startOne(engine: Engine) {
  const runner = await runnerOf(engine, 'honest.mjs')
  const seen = createRecorder()
  const handle = runner.start({ node: 'n1', run: 1, index: 0, args: ['--name', 'n1'] }, seen.observe)
  await seen.until(isLine('ready'))
  return { runner, handle, seen }
}
