/** The runner on the cluster that the kubeconfig names, where `npm run test:kubernetes` says so. */
import tap, { type Test, test } from 'tap'
import { FILE_PATIENCE_MS, until } from '../../../../scripts/tests/until.ts'
import { build } from '../../../src/bundle.ts'
import type { Cluster } from '../../../src/runners/kubernetes/cluster/cluster.ts'
import { connectCluster } from '../../../src/runners/kubernetes/cluster/connect.ts'
import { ownImageName } from '../../../src/runners/kubernetes/image/own-image.ts'
import { createKubernetesRunner } from '../../../src/runners/kubernetes/kubernetes.ts'
import type { LogPathOf } from '../../../src/runners/runner.ts'
import { startHarness } from '../../toolkit/harness.ts'
import { nodePath } from '../../toolkit/nodes.ts'
import { runnerContract } from '../runner-contract.ts'

const RUNS = 'gossip-testbed/run'

/** Jobs, pods and services that a run has made when its harness is killed: as soon as it makes any, and when it has all. */
const KILLED_WITH = [1, 10]

const LOOK_EVERY_MS = 300

tap.setTimeout(2 * FILE_PATIENCE_MS)
if (process.env.TEST_KUBERNETES !== 'cluster')
  tap.plan(0, 'npm run test:kubernetes runs these tests, where a cluster is up')
else describe(await connectCluster({ context: undefined, namespace: undefined }))

function describe(cluster: Cluster): void {
  runnerContract('kubernetes', async (program, logPathOf) => await runnerOf(cluster, program, { logPathOf }))

  test('an image that no machine has ends in the words of the cluster, and leaves nothing', async t => {
    const image = { name: 'nowhere.invalid/no/such:1', agentImage: undefined }
    await t.rejects(runnerOf(cluster, 'honest.mjs', { image }), { message: /cannot run the image nowhere\.invalid/ })
    t.same(await cluster.remains(RUNS), [])
  })

  for (const things of KILLED_WITH) {
    test(`a harness that is killed when it has made ${things} things leaves nothing in the cluster`, async t => {
      const harness = startHarness(t, t.testdir(), ['--runner', 'kubernetes', '--settle', '60', '6', '120'])
      const remains = watchRemains(t, cluster)
      await until(
        () => remains().length >= things,
        () => remains()
      )
      harness.child.kill('SIGKILL')
      await harness.ended
      await until(
        () => remains().length === 0,
        () => remains()
      )
    })
  }
}

/** What runs have in the cluster, looked at again and again while the test lasts. */
function watchRemains(t: Test, cluster: Cluster): () => readonly string[] {
  let found: readonly string[] = []
  const look = async () => {
    found = await cluster.remains(RUNS).catch(() => found)
  }
  const timer = setInterval(() => void look(), LOOK_EVERY_MS)
  t.teardown(() => clearInterval(timer))
  return () => found
}

interface Options {
  readonly image?: { readonly name: string; readonly agentImage: undefined }
  readonly logPathOf?: LogPathOf
}

/** The pods have Node, and get the program of the test with their command. */
async function runnerOf(cluster: Cluster, program: string, { image, logPathOf = () => undefined }: Options) {
  const say = () => {}
  const { code } = await build(nodePath(program), { format: 'esm' })
  return await createKubernetesRunner({
    cluster,
    nodes: ['n1', 'n2'],
    partitions: [],
    image: image ?? { name: await ownImageName(say), agentImage: undefined },
    command: ['/usr/bin/node', '--input-type=module', '-e', Buffer.from(code).toString(), '--'],
    limits: { memoryBytes: undefined, cpus: undefined },
    cutCommands: undefined,
    logPathOf,
    say
  })
}
