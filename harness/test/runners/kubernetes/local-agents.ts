/** A runner whose pods are agents of this host, for tests: needs Go, with which the agent is built. */
import { execFileSync } from 'node:child_process'
import tap, { type Test } from 'tap'
import { FILE_PATIENCE_MS } from '../../../../scripts/tests/until.ts'
import { agentProgram } from '../../../src/runners/kubernetes/image/agent-program.ts'
import { createKubernetesRunner, type KubernetesRunner } from '../../../src/runners/kubernetes/kubernetes.ts'
import type { KubernetesRunnerOptions } from '../../../src/runners/kubernetes/pod-network.ts'
import { nodePath } from '../../toolkit/nodes.ts'
import { FakeCluster, type FakeClusterOptions } from './fake-cluster.ts'

/** Describes the tests of a file, or skips them all outside of `npm run test:kubernetes`, which has the time, and where there is no Go. */
export async function withAgents(describe: (agent: string) => void): Promise<void> {
  tap.setTimeout(FILE_PATIENCE_MS)
  if (process.env.TEST_KUBERNETES === undefined) {
    tap.plan(0, 'npm run test:kubernetes runs these tests')
    return
  }
  try {
    execFileSync('go', ['version'])
  } catch {
    tap.plan(0, 'there is no Go, with which the agent of the pods is built')
    return
  }
  describe(await agentProgram(() => {}))
}

export interface LocalOptions extends Partial<Omit<KubernetesRunnerOptions, 'cluster' | 'command'>> {
  readonly fake?: Partial<Omit<FakeClusterOptions, 'agent'>>
}

/** @param program - the name of a file in test/nodes/ */
export async function localRunner(
  t: Test,
  agent: string,
  program: string,
  { fake = {}, ...options }: LocalOptions = {}
): Promise<{ runner: KubernetesRunner; cluster: FakeCluster }> {
  const cluster = new FakeCluster(t, { agent, ...fake })
  const runner = await createKubernetesRunner({
    nodes: ['n1', 'n2'],
    partitions: [],
    image: { name: 'fake', agentImage: undefined },
    limits: { memoryBytes: undefined, cpus: undefined },
    cutCommands: undefined,
    logPathOf: () => undefined,
    say: () => {},
    ...options,
    cluster,
    command: [process.execPath, nodePath(program)]
  })
  return { runner, cluster }
}
