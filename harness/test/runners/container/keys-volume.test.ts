/** Containers that start at the same time share the volume of their run. */
import { test } from 'tap'
import type { Container, Docker } from '../../../src/runners/container/engine.ts'
import { createKeysVolume } from '../../../src/runners/container/keys-volume.ts'

const volume = () =>
  createKeysVolume({ createVolume: async () => undefined } as unknown as Docker, { name: 'run', labels: {} } as never)

/** The engine makes the folder in its own time, and fails so often before. */
function containers(failures = 0) {
  const made: (() => void)[] = []
  const container = {
    putArchive: () =>
      new Promise<void>((resolve, reject) => {
        made.push(made.length < failures ? () => reject(new Error('the engine has gone')) : resolve)
      })
  } as unknown as Container
  return { container, made }
}

test('the folder is made once, however many containers start at a time', async t => {
  const keys = await volume()
  const { container, made } = containers()
  const prepared = Promise.all([keys.prepare(container), keys.prepare(container), keys.prepare(container)])
  t.equal(made.length, 1, 'the others wait')
  made[0]!()
  await prepared
  await keys.prepare(container)
  t.equal(made.length, 1)
})

test('where one container could not have it made, the next one tries', async t => {
  const keys = await volume()
  const { container, made } = containers(1)
  const [first, second] = [keys.prepare(container), keys.prepare(container)]
  made[0]!()
  await t.rejects(first, { message: 'the engine has gone' })
  t.equal(made.length, 2)
  made[1]!()
  await second
})
