/** The container engine that tests run nodes on, if there is one. */
import { readdirSync } from 'node:fs'
import tap from 'tap'
import { FILE_PATIENCE_MS } from '../../../../scripts/tests/until.ts'
import {
  type ContainerRunner,
  type ContainerRunnerOptions,
  createContainerRunner
} from '../../../src/runners/container/container.ts'
import { connectEngine, type Engine } from '../../../src/runners/container/engine.ts'
import { ensureImage } from '../../../src/runners/container/image/image.ts'
import { RUN_LABEL } from '../../../src/runners/container/run.ts'
import { nodePath } from '../../toolkit/nodes.ts'

/** Describes the tests of a file, or skips them all where no engine answers; `.ci/containers.sh` starts one. */
export async function withEngine(describe: (engine: Engine) => void): Promise<void> {
  tap.setTimeout(FILE_PATIENCE_MS)
  try {
    describe(await connectEngine())
  } catch (error) {
    tap.plan(
      0,
      `no container engine; bash .ci/containers.sh starts one and runs these tests: ${(error as Error).message}`
    )
  }
}

type TestRunnerOptions = Partial<Pick<ContainerRunnerOptions, 'logPathOf' | 'memoryBytes' | 'cpus'>>

/** Runs a program of test/nodes/ in an image that holds all of them. */
export async function runnerOf(
  engine: Engine,
  program: string,
  options: TestRunnerOptions = {}
): Promise<ContainerRunner> {
  const image = async () => ({ name: await testImage(engine), command: [`/app/${program}`] })
  return await createContainerRunner({ engine, image, ...options })
}

export async function testImage(engine: Engine): Promise<string> {
  const programs = readdirSync(nodePath('')).map(name => [`/app/${name}`, nodePath(name)])
  return await ensureImage(engine, { files: Object.fromEntries(programs), entrypoint: ['node'], say: () => {} })
}

/** The names of what a run has on the engine. */
export async function leftoversOf({ container: { dockerode } }: Engine, runId: string): Promise<string[]> {
  const filters = { label: [`${RUN_LABEL}=${runId}`] }
  const containers = await dockerode.listContainers({ all: true, filters })
  const networks = await dockerode.listNetworks({ filters })
  const { Volumes: volumes } = await dockerode.listVolumes({ filters })
  return [...containers.flatMap(({ Names }) => Names), ...[...networks, ...volumes].map(({ Name }) => Name)]
}
