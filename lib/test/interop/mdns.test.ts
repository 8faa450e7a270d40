/** mDNS between hosts, with the harness's node program. Hosts are namespaces, so this needs Linux and unprivileged ones. */
import { execFile, spawn, spawnSync } from 'node:child_process'
import { createInterface } from 'node:readline'
import { promisify } from 'node:util'
import { test } from 'tap'
import { PATIENCE_MS, settled } from '../../../scripts/tests/until.ts'

const OWN_NAMESPACES = ['-Urnm', '--kill-child']
const nodeProgram = new URL('../../../harness/src/node/main.ts', import.meta.url).pathname
const canMakeHosts = spawnSync('unshare', [...OWN_NAMESPACES, 'ip', 'link']).status === 0
const skip = canMakeHosts ? false : 'this machine lets nobody make namespaces (unshare -Urnm), or has no iproute2'

test('three hosts on a bridge find each other by mDNS, without any bootstrap address', { skip }, async t => {
  const found = await run('mdns-hosts.ts')
  t.strictSame(
    found.sort((a, b) => (a.name < b.name ? -1 : 1)),
    [
      { name: 'alice', met: ['bob', 'charlie'] },
      { name: 'bob', met: ['alice', 'charlie'] },
      { name: 'charlie', met: ['alice', 'bob'] }
    ]
  )
})

test('a node that mDNS tells of under two addresses is found by the good one, whichever comes first', {
  skip
}, async t => {
  const told = await run('mdns-addrs.ts')
  const [alive, ...dead] = [
    '10.77.1.1/tcp/4001',
    '10.77.1.1/tcp/4000',
    '10.77.1.1/tcp/4002',
    '10.77.1.0/tcp/4001',
    '10.77.1.2/tcp/4001'
  ]
  t.strictSame(
    told.map((addrs: string[]) => addrs.toSorted()),
    dead.map(addr => [`/ip4/${addr}`, `/ip4/${alive}`].toSorted())
  )
  for (const at of [0, 1]) t.ok(told.some((addrs: string[]) => addrs[at] === `/ip4/${alive}`))
})

test('a host without multicast says so in one line, and its node runs all the same', { skip }, async t => {
  const command = [process.execPath, '--conditions=@gossip/source', nodeProgram, '--mdns']
  const node = spawn('unshare', [...OWN_NAMESPACES, 'sh', '-c', `ip link set lo up && exec ${command.join(' ')}`])
  t.teardown(() => node.kill('SIGKILL'))
  let stderr = ''
  node.stderr.on('data', chunk => {
    stderr += chunk
  })
  const exited = new Promise(resolve => node.on('close', resolve))
  createInterface({ input: node.stdout }).on('line', line => {
    if (JSON.parse(line).type === 'ready') node.stdin.end()
  })
  t.equal(await settled(exited, () => stderr), 0)
  t.equal(stderr, 'node: no mDNS here, no route leads to 224.0.0.251 (ENODEV): add a default route, or --bootstrap\n')
})

/** What a program prints, a value a line, in namespaces of its own. */
async function run(program: string) {
  const path = new URL(program, import.meta.url).pathname
  const command = [...OWN_NAMESPACES, process.execPath, '--conditions=@gossip/source', path]
  const { stdout } = await promisify(execFile)('unshare', command, { timeout: PATIENCE_MS, killSignal: 'SIGKILL' })
  return stdout
    .trim()
    .split('\n')
    .map(line => JSON.parse(line))
}
