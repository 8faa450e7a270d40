/**
 * Harnesses that are killed at random moments, faults in force or not. After `clean` nothing of them is left, and what others
 * have beside them is as it was. All of it in a network and a mount namespace of this test. `ROUNDS=20` does it more often.
 */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { type Test, test } from 'tap'
import { until } from '../../../scripts/tests/until.ts'
import { noNamespaces } from '../runners/netns/namespaces.ts'
import { cliPath, nodeCommand } from '../toolkit/harness.ts'
import { isAlive } from '../toolkit/processes.ts'

const ROUNDS = Number(process.env.ROUNDS ?? 3)

/** A harness is killed when its history has so many events, or before it has any. */
const MAX_EVENTS = 120

const skip = await noNamespaces()

const PROCESS_FAULTS = `
steps:
  - { restart: 1, at: 0s, from: start, down: 60s }
  - { pause: 1, at: 0s, from: start, for: 60s }
`
const NETWORK_FAULTS = `
links: { latency: 20ms }
steps:
  - { partition: 50%, at: 0s, from: start, for: 60s }
  - { pause: 1, at: 0s, from: start, for: 60s }
`

const KINDS = [
  { runner: 'process', program: 'sets-free.mjs', faults: undefined },
  { runner: 'netns', program: 'honest.mjs', faults: NETWORK_FAULTS },
  { runner: 'process', program: 'stubborn.mjs', faults: PROCESS_FAULTS },
  { runner: 'netns', program: 'sets-free.mjs', faults: undefined }
]

/** A bridge, a table, a namespace and a process of others; its id is the one line that is printed. */
const BYSTANDERS = `
mount -t tmpfs none /run
ip link set lo up
ip link add others0 type bridge
nft add table bridge others
ip netns add others
sleep 3600 > /dev/null &
echo $!
read -r line
`

for (let round = 0; round < ROUNDS; round++) {
  const { runner, program, faults } = KINDS[round % KINDS.length]!
  const what = faults === undefined ? 'without faults' : 'with faults'
  test(`after round ${round + 1} (${runner}, ${what}) nothing is left, and others have what they had`, {
    skip
  }, async t => {
    const place = await openPlace(t)
    const before = place.look()
    for (const [index, name] of ['others0', 'others', 'others'].entries()) t.match(before[index], name)
    const events = Math.floor(Math.random() ** 2 * MAX_EVENTS)
    const run =
      faults === undefined ? ['4', '60', '--settle', '30'] : ['run', place.write('faults.yaml', faults), '4', '200']
    const harness = place.start([...run, '--runner', runner, '--out', place.runs, ...nodeCommand(program)])
    await until(
      () => harness.exitCode !== null || place.countEvents() >= events,
      () => `${place.countEvents()} of ${events} events`
    )
    if (harness.exitCode !== null) throw new Error(`the harness ended before it was killed, with ${harness.exitCode}`)
    harness.kill('SIGKILL')
    await once(harness, 'exit')
    // What was being started when the harness was killed may appear after the first look.
    await until(
      async () => (await place.clean()) && place.processes().length === 0,
      () => place.processes()
    )
    t.comment(`killed after ${events} events`)
    t.same(place.look(), before)
    t.same(place.temporaryFiles(), [])
    t.ok(place.bystanderLives())
  })
}

/** Namespaces with what others have in them, and the means to run harnesses there. */
async function openPlace(t: Test) {
  const folder = t.testdir({ temporary: {} })
  const marker = `killed-${process.pid}-${Math.random().toString(36).slice(2)}`
  const keeper = spawn('unshare', [...ownUser(), '--net', '--mount', 'sh', '-c', BYSTANDERS], {
    stdio: ['pipe', 'pipe', 'inherit']
  })
  t.teardown(() => keeper.kill('SIGKILL'))
  const [bystander] = (await once(createInterface({ input: keeper.stdout }), 'line')) as [string]
  t.teardown(() => process.kill(Number(bystander), 'SIGKILL'))
  const enter = ['--target', String(keeper.pid), ...(ownUser().length > 0 ? ['--user'] : []), '--net', '--mount']
  const runs = join(folder, 'runs')
  const start = (args: string[]): ChildProcess => {
    const env = { ...process.env, MARKER: marker, TMPDIR: join(folder, 'temporary'), NODE_OPTIONS: '', CI: '' }
    const node = [process.execPath, '--conditions=@gossip/source', cliPath, ...args]
    const child = spawn('nsenter', [...enter, ...node], { cwd: folder, env, stdio: 'ignore' })
    t.teardown(() => child.kill('SIGKILL'))
    return child
  }
  const said = (...command: string[]) => spawnSync('nsenter', [...enter, ...command], { encoding: 'utf8' }).stdout
  return {
    runs,
    start,
    write(name: string, content: string): string {
      writeFileSync(join(folder, name), `about: faults in force when the harness is killed\n${content.trim()}\n`)
      return join(folder, name)
    },
    countEvents: () => countLines(join(runs, 'latest/history.ndjson')),
    /** Whether it said that it could. */
    async clean(): Promise<boolean> {
      const [code] = await once(start(['clean']), 'exit')
      return code === 0
    },
    look: () => [said('ip', '-brief', 'link'), said('nft', 'list', 'ruleset'), said('ip', 'netns', 'list')],
    temporaryFiles: () => readdirSync(join(folder, 'temporary')),
    processes: () => processesWith(`MARKER=${marker}`),
    bystanderLives: () => isAlive(Number(bystander))
  }
}

/** Only root may make namespaces without a user namespace around them. */
function ownUser(): string[] {
  return process.getuid?.() === 0 ? [] : ['--map-root-user']
}

function countLines(path: string): number {
  return existsSync(path) ? readFileSync(path, 'utf8').split('\n').length - 1 : 0
}

function processesWith(entry: string): string[] {
  return readdirSync('/proc').flatMap(name => {
    try {
      const isOne = /^\d+$/.test(name) && readFileSync(`/proc/${name}/environ`, 'latin1').split('\0').includes(entry)
      return isOne
        ? [`${name} ${readFileSync(`/proc/${name}/cmdline`, 'latin1').replaceAll('\0', ' ').slice(0, 100)}`]
        : []
    } catch {
      return []
    }
  })
}
