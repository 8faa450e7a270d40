import { chmodSync } from 'node:fs'
import { createServer } from 'node:net'
import { dirname } from 'node:path'
import tap, { type Test, test } from 'tap'
import { FILE_PATIENCE_MS } from '../../../../scripts/tests/until.ts'
import { connectEngine } from '../../../src/runners/container/engine.ts'
import { limitCalls } from '../../../src/runners/container/time-limits.ts'
import { startHarness } from '../../toolkit/harness.ts'
import { type Answers, socketPath, startFakeEngine } from './fake-engine.ts'

tap.setTimeout(FILE_PATIENCE_MS)

const NO_SUBNET =
  'could not find an available, non-overlapping IPv4 address pool among the defaults to assign to the network'

test('without an engine the run is unknown, and one paragraph says what to do', async t => {
  const host = `unix://${await socketPath(t)}`
  const { code, stdout, stderr } = await testNetwork(t, host)
  t.equal(code, 3)
  t.equal(stdout, '')
  t.match(
    stderr,
    /^test-network: no container engine answers at unix:.*engine\.sock, which DOCKER_HOST names\. Start Docker .*\n$/
  )
  t.match(stderr, /--runner process/)
  t.equal(stderr.split('\n').length, 2, 'one paragraph')
})

test('a DOCKER_HOST that is no address of an engine is told as such', async t => {
  for (const host of ['ssh://somewhere', 'nonsense', 'tcp://127.0.0.1:1']) {
    const { code, stderr } = await testNetwork(t, host)
    t.equal(code, 3)
    t.match(
      stderr,
      /no container engine answers at .*, which DOCKER_HOST names\..*unix:\/\/\/path\/to\/socket or tcp:\/\/host:port/
    )
  }
})

test('an engine that this user may not use says which group, or which engine, helps', async t => {
  const path = await socketPath(t)
  const server = createServer().listen(path)
  t.teardown(() => server.close())
  chmodSync(path, 0)
  // Root may use every socket.
  const user = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {}
  chmodSync(dirname(path), 0o755)
  const { code, stderr } = await testNetwork(t, `unix://${path}`, user)
  t.equal(code, 3)
  t.match(
    stderr,
    /^test-network: no permission to use the container engine at .*engine\.sock\. Join the group .*rootless/
  )
})

for (const [what, answers, said] of [
  [
    'too old',
    { 'GET /version': { Version: '19.03.1', ApiVersion: '1.40' } },
    /engine 19\.03\.1 is too old: .*1\.40.*1\.41 is needed\. Update/
  ],
  [
    'out of subnets',
    { 'POST /networks/create': { complaint: NO_SUBNET } },
    /made no network for the run: .*test-network clean, docker network prune/
  ],
  ['of another make', { 'GET /version': { complaint: '\u001b[31mwhat?' } }, /what\?/]
] as [string, Answers, RegExp][]) {
  test(`an engine that is ${what} makes the run unknown, and one line says what to do`, async t => {
    const { code, stderr } = await testNetwork(t, await startFakeEngine(t, answers))
    t.equal(code, 3)
    t.match(stderr, said)
    t.notMatch(stderr, /\p{Cc}(?!$)| {4}at /u)
    t.equal(stderr.trimEnd().split('\n').length, 1)
  })
}

test('an engine that accepts connections and is silent is told of in seconds', async t => {
  const path = await socketPath(t)
  const silent = createServer(socket => socket.on('error', () => {}).resume())
  silent.listen(path)
  t.teardown(() => silent.close())
  const { code, stderr } = await testNetwork(t, `unix://${path}`)
  t.equal(code, 3)
  t.match(
    stderr,
    /^test-network: the container engine at .*engine\.sock accepts connections and does not answer\. Restart it/
  )
})

test('an engine that falls silent later fails each call in its time', async t => {
  process.env.DOCKER_HOST = await startFakeEngine(t, { 'GET /containers/json': 'silence' })
  const { dockerode: docker } = (await connectEngine()).container
  limitCalls(docker, 100)
  t.match(await docker.version(), { ApiVersion: '1.41' })
  await t.rejects(docker.listContainers(), { message: 'the container engine did not answer within 100 ms' })
})

test('clean without an engine says the same', async t => {
  const { code, stderr } = await startHarness(t, t.testdir(), ['clean'], { env: { DOCKER_HOST: 'unix:///nowhere' } })
    .ended
  t.equal(code, 3)
  t.match(stderr, /no container engine answers/)
})

async function testNetwork(t: Test, host: string, user: { uid?: number; gid?: number } = {}) {
  const options = { env: { DOCKER_HOST: host }, ...user }
  return await startHarness(t, t.testdir(), ['--runner', 'container', '2', '10'], options).ended
}
