/** What is made of the answers of a cluster's API, where a real one cannot be brought to give them. */
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { type Test, test } from 'tap'
import { WebSocketServer } from 'ws'
import { connectCluster } from '../../../src/runners/kubernetes/cluster/connect.ts'

const anyCluster = { context: undefined, namespace: undefined }

test('what the cluster forbids is told in its own words', async t => {
  const message = 'jobs.batch is forbidden: User "x" cannot create resource "jobs" in the namespace "default"'
  await fakeApi(t, { 'POST /apis/batch/v1/namespaces/default/jobs': [403, { kind: 'Status', code: 403, message }] })
  const cluster = await connectCluster(anyCluster)
  await t.rejects(cluster.createJob({ metadata: { name: 'x' } }), {
    message: `the cluster did not make a job: ${message}`
  })
})

test('who may not list pods is told so before anything is made', async t => {
  const message = 'pods is forbidden: User "x" cannot list resource "pods"'
  await fakeApi(t, { 'GET /api/v1/namespaces/default/pods': [403, { kind: 'Status', code: 403, message }] })
  await t.rejects(connectCluster(anyCluster), {
    message: /refuses to list pods: pods is forbidden: User "x" .*--context/
  })
})

test('a cluster that is not there is told with its address', async t => {
  const { close, url } = await fakeApi(t, {})
  await close()
  await t.rejects(connectCluster(anyCluster), { message: new RegExp(`does not answer at ${url}: .*ECONNREFUSED`) })
})

test('a context that the kubeconfig does not have is told with those that it has', async t => {
  await fakeApi(t, {})
  await t.rejects(connectCluster({ ...anyCluster, context: 'other' }), { message: /no context "other": it has fake\./ })
})

test('what is gone already is removed', async t => {
  const gone = [404, { kind: 'Status', code: 404, message: 'not found' }] as const
  await fakeApi(t, { 'DELETE /apis/batch/v1/namespaces/default/jobs/x': gone })
  await (await connectCluster(anyCluster)).deleteJob('x')
})

test('machines that take no pods are left out', async t => {
  const ready = { conditions: [{ type: 'Ready', status: 'True' }] }
  const items = [
    { metadata: { name: 'm2' }, spec: {}, status: ready },
    { metadata: { name: 'm1' }, spec: {}, status: ready },
    { metadata: { name: 'tainted' }, spec: { taints: [{ key: 'x', effect: 'NoSchedule' }] }, status: ready },
    { metadata: { name: 'cordoned' }, spec: { unschedulable: true }, status: ready },
    { metadata: { name: 'down' }, spec: {}, status: { conditions: [{ type: 'Ready', status: 'Unknown' }] } }
  ]
  await fakeApi(t, { 'GET /api/v1/nodes': [200, { kind: 'NodeList', items }] })
  t.same(await (await connectCluster(anyCluster)).machines(), ['m1', 'm2'])
})

test('a connection to a port of a pod carries bytes both ways, and ends with the other side', async t => {
  await fakeApi(t, {})
  const stream = await (await connectCluster(anyCluster)).forward('p', 7_946)
  stream.write('hello\nend\n')
  t.equal(await text(stream), 'hello\nend\n')
})

/** By method and path, status and answer. Ports of pods are forwarded to an echo, which ends after `end`. */
async function fakeApi(t: Test, answers: Readonly<Record<string, readonly [number, object]>>) {
  const all = { 'GET /api/v1/namespaces/default/pods': [200, { kind: 'PodList', items: [] }] as const, ...answers }
  const server = createServer((request, response) => {
    const [status, body] = all[`${request.method} ${request.url?.split('?')[0]}` as keyof typeof all] ?? [404, {}]
    request.resume().on('end', () => {
      response.writeHead(status, { 'content-type': 'application/json' })
      response.end(JSON.stringify(body))
    })
  })
  const sockets = new WebSocketServer({ server, handleProtocols: () => 'v4.channel.k8s.io' })
  sockets.on('connection', socket => {
    // Each channel begins with the port, in two bytes.
    for (const channel of [0, 1]) socket.send(Buffer.from([channel, 0, 0]))
    socket.on('message', (data: Buffer) => {
      socket.send(data)
      if (data.includes('end')) socket.close()
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const close = async () => {
    for (const socket of sockets.clients) socket.terminate()
    await new Promise(resolve => server.close(resolve))
  }
  t.teardown(close)
  const clusters = [{ name: 'fake', cluster: { server: url, 'insecure-skip-tls-verify': true } }]
  const contexts = [{ name: 'fake', context: { cluster: 'fake', user: 'me' } }]
  const users = [{ name: 'me', user: { token: 'x' } }]
  const path = join(t.testdir(), 'kubeconfig')
  writeFileSync(
    path,
    JSON.stringify({ apiVersion: 'v1', kind: 'Config', clusters, contexts, users, 'current-context': 'fake' })
  )
  const before = process.env.KUBECONFIG
  process.env.KUBECONFIG = path
  t.teardown(() => {
    if (before === undefined) delete process.env.KUBECONFIG
    else process.env.KUBECONFIG = before
  })
  return { url, close }
}
