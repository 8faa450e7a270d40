import type { V1Pod, V1PodStatus } from '@kubernetes/client-node'
import { test } from 'tap'
import { awaitPods } from '../../../src/runners/kubernetes/cluster/await-pods.ts'
import type { Cluster } from '../../../src/runners/kubernetes/cluster/cluster.ts'

const awaited = {
  selector: '',
  jobs: new Map([['job', 2]]),
  progress: (pods: readonly V1Pod[]) => pods.filter(({ status }) => status?.phase === 'Running').length,
  enough: 2
}

test('pods are awaited until enough of them run', async t => {
  const looks = [[], [pod({ phase: 'Pending' })], [pod({ phase: 'Running' }), pod({ phase: 'Running' })]]
  const pods = await awaitPods(clusterOf({ looks }), awaited)
  t.equal(pods.length, 2)
})

for (const [what, status, words] of [
  [
    'an image that cannot be pulled',
    waiting('ErrImagePull', 'failed to resolve reference "registry.example/x:1": not found'),
    /cannot run the image x:1: ErrImagePull: failed to resolve reference/
  ],
  ['an image without its program', waiting('CreateContainerError', 'no command specified'), /no command specified/],
  [
    'a pod that the machine turns away',
    { phase: 'Failed', reason: 'Evicted', message: 'low on memory' },
    /Evicted: low on memory/
  ]
] as const) {
  test(`${what} is told in the cluster's own words, at once`, async t => {
    await t.rejects(awaitPods(clusterOf({ looks: [[pod(status)]] }), awaited), { message: words })
  })
}

test('a quota that leaves no room is told in the words of the event', async t => {
  const warnings = ['pods "x" is forbidden: exceeded quota: small, requested: pods=1, used: pods=1, limited: pods=1']
  await t.rejects(awaitPods(clusterOf({ looks: [[pod({ phase: 'Running' })]], warnings }), awaited), {
    message: /^the cluster makes no more than 1 of 2 pods: .*exceeded quota: small/
  })
})

test('control characters of what a cluster says are not printed', async t => {
  const status = waiting('ErrImagePull', 'a\u001b[31mb')
  const failure = await awaitPods(clusterOf({ looks: [[pod(status)]] }), awaited).catch((error: Error) => error)
  t.notOk((failure as Error).message.includes('\u001b'))
})

/** @param looks - what each look at the pods finds; the last one from then on */
function clusterOf({ looks, warnings = [] }: { looks: V1Pod[][]; warnings?: string[] }): Cluster {
  const left = [...looks]
  const found = async () => (left.length > 1 ? left.shift()! : left[0]!)
  return { pods: found, warnings: async () => warnings } as unknown as Cluster
}

function pod(status: V1PodStatus): V1Pod {
  return {
    metadata: { name: 'p', ownerReferences: [{ apiVersion: 'batch/v1', kind: 'Job', name: 'job', uid: '' }] },
    status
  }
}

function waiting(reason: string, message: string): V1PodStatus {
  const container = { name: 'node', image: 'x:1', imageID: '', ready: false, restartCount: 0 }
  return { phase: 'Pending', containerStatuses: [{ ...container, state: { waiting: { reason, message } } }] }
}
