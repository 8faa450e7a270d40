import { spawn } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { chmod } from 'node:fs/promises'
import { type Test, test } from 'tap'
import { until } from '../../../scripts/tests/until.ts'
import { formatOwner, thisProcess } from '../../src/runners/processes/owner.ts'
import { noNamespaces } from '../runners/netns/namespaces.ts'
import { nodeCommand, startHarness, untilTold } from '../toolkit/harness.ts'
import { isAlive, untilGone } from '../toolkit/processes.ts'

const NETNS = ['--runner', 'netns']
const NOBODY = 65_534

const skip = await noNamespaces()

test('nodes find each other, and nothing is left of their network', { skip }, async t => {
  const before = networksOfHost()
  const args = [...NETNS, ...nodeCommand('honest.mjs'), '4', '60', '--settle', '0.2']
  const { code, stdout } = await untilTold(() => startHarness(t, t.testdir(), args))
  t.equal(code, 0, stdout)
  t.same(networksOfHost(), before)
})

test('it works for a user who is not root as well', { skip }, async t => {
  if (process.getuid?.() !== 0) return t.comment('every other test has shown it')
  const folder = t.testdir()
  await chmod(folder, 0o777)
  const args = [...NETNS, ...nodeCommand('honest.mjs'), '3', '60', '--settle', '0.2']
  const { code, stdout, stderr } = await untilTold(() => startHarness(t, folder, args, { uid: NOBODY, gid: NOBODY }))
  t.equal(code, 0, stdout + stderr)
})

for (const running of [1, 2, 3, 5]) {
  test(`a harness that is killed leaves nothing (killed when ${running} of its processes run)`, { skip }, async t => {
    const before = networksOfHost()
    const args = [...NETNS, ...nodeCommand('stubborn.mjs'), '4', '60', '--settle', '30']
    const harness = startHarness(t, t.testdir(), args)
    const { pid } = harness.child
    await harness.until(async () => ownedBy(pid).length >= running)
    harness.child.kill('SIGKILL')
    await harness.ended
    await until(
      () => ownedBy(pid).length === 0,
      () => ownedBy(pid)
    )
    t.same(networksOfHost(), before)
  })
}

test('clean ends what is left of a dead run, and nothing else', { skip }, async t => {
  const dead = leave(t, { ...thisProcess(), started: 'at another time' })
  const elsewhere = leave(t, { ...thisProcess(), machine: 'another' })
  const living = leave(t, thisProcess())
  const { code, stdout } = await startHarness(t, t.testdir(), ['clean']).ended
  t.equal(code, 0)
  t.match(stdout, /^removed \d+ process/)
  t.match(stdout, `left: run ${living.runId}, whose harness is running (process ${process.pid})`)
  t.match(stdout, `test-network clean --run ${elsewhere.runId}`)
  await untilGone([dead.pid])
  t.ok(isAlive(elsewhere.pid), 'nobody here knows whether its harness lives')
  t.ok(isAlive(living.pid))

  const again = await startHarness(t, t.testdir(), ['clean', '--run', elsewhere.runId]).ended
  t.match(again.stdout, /^removed 1 process/)
  await untilGone([elsewhere.pid])
  t.ok(isAlive(living.pid))
})
/** A process as of a node of that owner's run, in a network namespace of its own. */
function leave(t: Test, owner: ReturnType<typeof thisProcess>): { pid: number; runId: string } {
  const runId = Array.from({ length: 16 }, () => Math.floor(16 * Math.random()).toString(16)).join('')
  const env = { ...process.env, GOSSIP_TESTBED_NODE: `${runId} 1 n1`, GOSSIP_TESTBED_OWNER: formatOwner(owner) }
  const child = spawn('unshare', ['--net', 'sleep', '600'], { env, stdio: 'ignore' })
  t.teardown(() => child.kill('SIGKILL'))
  return { pid: child.pid!, runId }
}

/** Named namespaces, and the devices of the host's network. */
function networksOfHost(): string[][] {
  return ['/run/netns', '/sys/class/net'].map(folder => {
    try {
      return readdirSync(folder).sort()
    } catch {
      return []
    }
  })
}

/** The processes whose environment names that harness as their owner. */
function ownedBy(harnessPid: number | undefined): string[] {
  return readdirSync('/proc').filter(name => {
    try {
      const environ = readFileSync(`/proc/${name}/environ`, 'latin1').split('\0')
      return environ.some(entry => entry.startsWith('GOSSIP_TESTBED_OWNER=') && entry.includes(`"pid":${harnessPid},`))
    } catch {
      return false
    }
  })
}
