/** A volume of the run, in which keys outlive the containers of their nodes. */
import { Readable } from 'node:stream'
import { pack } from 'tar-stream'
import { type Container, type Docker, reasonOf } from './engine.ts'
import type { ContainerRun } from './run.ts'

/** Where a container finds it. */
const MOUNT_POINT = '/gossip-testbed'
const FOLDER = 'keys'

export interface KeysVolume {
  /** As the nodes see it. */
  readonly folder: string
  /** What a container is told of it. */
  readonly bind: string
  /** Makes the folder, which the user of any image can write to, unless a former container has it made. Before the container starts. */
  prepare(container: Container): Promise<void>
  remove(): Promise<void>
}

/** @throws with what to do about it */
export async function createKeysVolume(docker: Docker, { name, labels }: ContainerRun): Promise<KeysVolume> {
  await docker.createVolume({ Name: name, Labels: labels }).catch(error => {
    throw new Error(`the container engine made no volume for the run: ${reasonOf(error)}`)
  })
  // Once: an engine that makes a folder for two containers of one volume at a time refuses one of them ("file exists").
  let made: Promise<void> | undefined
  return {
    folder: `${MOUNT_POINT}/${FOLDER}`,
    bind: `${name}:${MOUNT_POINT}:nocopy`,
    async prepare(container) {
      made = made === undefined ? makeFolder(container) : made.catch(() => makeFolder(container))
      await made
    },
    remove: async () => {
      await docker.getVolume(name).remove()
    }
  }
}

async function makeFolder(container: Container): Promise<void> {
  const archive = pack()
  archive.entry({ name: FOLDER, type: 'directory', mode: 0o1777 })
  archive.finalize()
  await container.putArchive(Readable.from(archive), { path: MOUNT_POINT })
}
