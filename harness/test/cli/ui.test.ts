import { readdir, readFile } from 'node:fs/promises'
import { get, type IncomingMessage } from 'node:http'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { test } from 'tap'
import { expectRefusal, type Harness, nodeCommand, startHarness } from '../toolkit/harness.ts'

/** A page of a run that goes on until it is interrupted: its node never says ready. */
const ENDLESS = ['2', '120', '--ui', ...nodeCommand('silent.mjs')]

async function addressOf(harness: Harness): Promise<string> {
  let said = ''
  harness.child.stderr!.on('data', chunk => {
    said += chunk
  })
  await harness.until(async () => /^live page {2}http:\S+\n/m.test(said))
  return /http:\S+/.exec(said)![0]
}

async function answerOf(url: string): Promise<IncomingMessage> {
  return await new Promise((resolve, reject) => get(url, { agent: false }, resolve).on('error', reject))
}

test('--ui shows a run on a page while it goes on, and the page gets its verdict', async t => {
  const folder = t.testdir()
  const harness = startHarness(t, folder, ENDLESS)
  const url = await addressOf(harness)
  const page = await answerOf(url)
  t.match(await text(page), /<script>/)
  t.match(page.headers['content-security-policy'], /script-src 'sha256-[^']+'; .*connect-src 'self'/)
  const events = text(await answerOf(`${url}events`))
  // Who takes nothing keeps nobody waiting.
  const silent = await answerOf(`${url}events`)
  silent.on('error', () => {})
  t.teardown(() => silent.destroy())
  await harness.until(async () => (await harness.history()).filter(({ type }) => type === 'spawned').length === 2)
  harness.child.kill('SIGINT')
  const { code, stdout, stderr } = await harness.ended
  t.equal(code, 130)
  const [first] = /^data: (\[.*)$/m
    .exec(await events)!
    .slice(1)
    .map(json => JSON.parse(json!))
  t.match(first[0], { type: 'run-started', nodes: ['n1', 'n2'] })
  t.match(JSON.parse(/^event: end\ndata: (.*)$/m.exec(await events)![1]!), {
    judgement: { v: 1, outcome: 'unknown' },
    folder: /^runs\/.*-converge$/
  })
  await t.rejects(answerOf(url), { code: 'ECONNREFUSED' })
  const token = new URL(url).pathname.slice(1, -1)
  t.equal(stderr.split(token).length - 1, 1, 'its address is told once')
  t.notMatch(stdout, token)
  const run = join(folder, 'runs/latest')
  const files = await readdir(run)
  t.ok(files.includes('history.ndjson') && files.includes('n1.log'))
  for (const file of files)
    t.notMatch(await readFile(join(run, file), 'utf8'), token, `${file} does not hold the token`)
})

test('a simulation has a page, too, and nobody has to look at it', async t => {
  const { code, stdout, stderr } = await startHarness(t, t.testdir(), ['4', '60', '--runner', 'simulation', '--ui'])
    .ended
  t.equal(code, 0, stderr)
  t.match(stdout, /^PASS/)
  t.match(stderr, /^live page {2}http:\/\/127\.0\.0\.1:\d+\/[\w-]{32}\/\n$/)
})

test('a port that cannot be had is refused, and so is a page without a run', async t => {
  const taken = createServer()
  await new Promise<void>(resolve => taken.listen(0, '127.0.0.1', resolve))
  t.teardown(() => taken.close())
  const { port } = taken.address() as { port: number }
  for (const runner of ['process', 'simulation']) {
    await expectRefusal(
      t,
      `3 --ui --ui-port ${port} --runner ${runner}`,
      new RegExp(`^test-network: --ui-port ${port} cannot be had: something else uses it; [^\\n]+\\n$`, 'm')
    )
  }
  await expectRefusal(t, '3 --ui-port 8080', /^test-network: --ui-port goes with --ui\n$/)
  await expectRefusal(t, '3 --ui --ui-port 70000', /^test-network: --ui-port must be a whole number from 0 to 65535/)
  await expectRefusal(t, 'run split --ui --plan', /^test-network: --ui goes with a run, not with --plan/)
})
