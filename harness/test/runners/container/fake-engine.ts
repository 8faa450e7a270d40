/** Answers as a container engine would, over HTTP on a socket, where a real one cannot be brought to do so. */
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Test } from 'tap'

/** By method and path: a JSON answer, what the engine complains of, or no answer at all. */
export type Answers = Record<string, object | { complaint: string } | 'silence'>

const healthy: Answers = {
  'GET /info': {
    OperatingSystem: 'Linux',
    OSType: 'linux',
    Architecture: process.arch === 'x64' ? 'x86_64' : 'aarch64'
  },
  'GET /version': { Version: '20.10.0', ApiVersion: '1.41' },
  'GET /networks': [],
  'GET /containers/json': [],
  'GET /volumes': { Volumes: [], Warnings: null }
}

/** For DOCKER_HOST. */
export async function startFakeEngine(t: Test, answers: Answers): Promise<string> {
  const all = { ...healthy, ...answers }
  const server = createServer((request, response) => {
    const path = request.url?.split('?')[0]
    const answer = all[`${request.method} ${path}`] ?? { complaint: 'page not found' }
    if (answer === 'silence') return
    const complaint = 'complaint' in answer ? { message: answer.complaint } : undefined
    request.resume().on('end', () => {
      response.writeHead(complaint === undefined ? 200 : 500, { 'content-type': 'application/json' })
      response.end(JSON.stringify(complaint ?? answer))
    })
  })
  const path = await socketPath(t)
  server.listen(path)
  await once(server, 'listening')
  t.teardown(() => server.close())
  return `unix://${path}`
}

/** A path for a socket, which may be no longer than about a hundred characters. */
export async function socketPath(t: Test): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'engine-'))
  t.teardown(() => rm(folder, { recursive: true, force: true }))
  return join(folder, 'engine.sock')
}
