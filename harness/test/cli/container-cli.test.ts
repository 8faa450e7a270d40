import { type Test, test } from 'tap'
import { exitCodeOf } from '../../src/judge/judgement.ts'
import type { Engine } from '../../src/runners/container/engine.ts'
import { findRuns } from '../../src/runners/container/leftovers/leftovers.ts'
import { testImage, withEngine } from '../runners/container/engine.ts'
import { type Ended, startHarness } from '../toolkit/harness.ts'

await withEngine(engine => {
  test('ten nodes in containers find each other, within their limits, and leave nothing', async t => {
    const args = ['--runner', 'container', '--memory', '256m', '--cpus', '0.75', '10', '60']
    const harness = startHarness(t, t.testdir(), args)
    const { pid } = harness.child
    let confined: unknown
    await harness.until(async () => {
      confined ??= await hostConfigOfAny(engine, pid)
      return confined !== undefined
    })
    t.match(confined, { Memory: 256 * 2 ** 20, NanoCpus: 0.75e9, ReadonlyRootfs: true })
    foundEachOther(t, await harness.ended, 10)
    t.same(await containersOf(engine, pid), [])
  })

  test('an interrupted run ends in order, and leaves nothing', async t => {
    const harness = startHarness(t, t.testdir(), ['--runner', 'container', '3', '60', '--settle', '30'])
    const { pid } = harness.child
    await harness.until(async () => (await containersOf(engine, pid)).length > 1)
    harness.child.kill('SIGINT')
    const { code, stdout } = await harness.ended
    t.equal(code, 130)
    t.match(stdout, /interrupted/i)
    t.same(
      (await findRuns(engine.container.dockerode)).filter(({ owner }) => owner?.pid === pid),
      []
    )
  })

  test("a user's image is put under test, by its entrypoint or by another program of it", async t => {
    const image = await testImage(engine)
    const args = ['--runner', 'container', '--image', image, '--node-command', 'node /app/honest.mjs', '3', '30']
    foundEachOther(t, await startHarness(t, t.testdir(), args).ended, 3)
  })

  for (const [what, program, said] of [
    ['ends', undefined, /its program ended with code 9 and "[^"]*bad option: --name"/],
    ['prints something else', 'node /app/rubbish.mjs', /its program printed ".*": line is not JSON/],
    ['is not there', '/app/nothing', /its program could not be started: .*; name the program by the ENTRYPOINT/]
  ] as const) {
    test(`an image whose program ${what} is no verdict on a network, and one paragraph says what to do`, async t => {
      const image = await testImage(engine)
      const args = [
        '--runner',
        'container',
        '--image',
        image,
        ...(program === undefined ? [] : ['--node-command', program])
      ]
      const { code, stdout, stderr } = await startHarness(t, t.testdir(), args).ended
      t.equal(code, 3)
      t.equal(stdout, '')
      t.match(stderr, /^test-network: the image .* does not keep the node contract: /)
      t.match(stderr, said)
      t.match(stderr, /docs\/CONTRACT\.md/)
      t.equal(stderr.trimEnd().split('\n').length, 1)
    })
  }

  test('an image that is nowhere is told as such', async t => {
    const { code, stderr } = await startHarness(t, t.testdir(), [
      '--runner',
      'container',
      '--image',
      '127.0.0.1:1/none'
    ]).ended
    t.equal(code, 3)
    t.match(stderr, /the image 127\.0\.0\.1:1\/none is not there and could not be pulled: .*docker load/)
  })
})

/** A host that was too busy to tell is no fault. */
function foundEachOther(t: Test, { code, stdout }: Ended, count: number): void {
  const wasBusy = code === exitCodeOf.unknown && /the host had too little processor time/.test(stdout)
  if (wasBusy) t.notMatch(stdout, '✗')
  else t.match({ code, stdout }, { code: 0, stdout: `PASS  ${count} nodes found each other` })
}

async function hostConfigOfAny(engine: Engine, pid: number | undefined): Promise<unknown> {
  const [id] = await containersOf(engine, pid)
  if (id === undefined) return undefined
  // An engine lists a container a moment before it can tell about it.
  return await engine.container.dockerode
    .getContainer(id)
    .inspect()
    .then(
      ({ HostConfig }) => HostConfig,
      () => undefined
    )
}

async function containersOf(engine: Engine, pid: number | undefined): Promise<string[]> {
  const runs = await findRuns(engine.container.dockerode)
  return runs.filter(({ owner }) => owner?.pid === pid).flatMap(({ containerIds }) => containerIds)
}
