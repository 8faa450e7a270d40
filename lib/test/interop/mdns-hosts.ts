/**
 * Three hosts on a bridge, each with a node that looks for others by mDNS and knows no address. To be run in user, network
 * and mount namespaces of its own (`unshare -Urnm`), which take the bridge and the hosts with them when they end.
 *
 * Prints, for each node that has met both others, who it is and whom it met.
 */
import { execFileSync, spawn } from 'node:child_process'
import { createInterface } from 'node:readline'

const HOSTS = ['alice', 'bob', 'charlie']
const nodeProgram = new URL('../../../harness/src/node/main.ts', import.meta.url).pathname

// Whoever runs this is gone.
process.stdin.on('end', () => process.exit(1)).resume()
makeHosts()
await Promise.all(HOSTS.map(async name => await meetsAll(name, startNode(name))))
process.exit()

function makeHosts(): void {
  // `ip netns` keeps its names under /run, which belongs to the real root.
  execFileSync('mount', ['-t', 'tmpfs', 'none', '/run'])
  ip('link add br0 type bridge')
  ip('link set br0 up')
  HOSTS.forEach((host, index) => {
    ip(`netns add ${host}`)
    ip(`link add ${host} type veth peer name eth0 netns ${host}`)
    ip(`link set ${host} master br0 up`)
    ip(`-n ${host} addr add 10.77.0.${index + 1}/24 dev eth0`)
    ip(`-n ${host} link set lo up`)
    ip(`-n ${host} link set eth0 up`)
    ip(`-n ${host} route add default dev eth0`)
  })
}

function ip(command: string): void {
  execFileSync('ip', command.split(' '))
}

/** A node ends when its stdin does, at the latest with this program. */
function startNode(name: string): NodeJS.ReadableStream {
  const command = [process.execPath, '--conditions=@gossip/source', nodeProgram, '--name', name, '--mdns']
  return spawn('ip', ['netns', 'exec', name, ...command, '--listen', '/ip4/0.0.0.0/tcp/0'], {
    stdio: ['pipe', 'pipe', 'inherit']
  }).stdout
}

async function meetsAll(name: string, stdout: NodeJS.ReadableStream): Promise<void> {
  const met = new Set<string>()
  for await (const line of createInterface({ input: stdout })) {
    const { type, name: other } = JSON.parse(line)
    if (type === 'joined') met.add(other)
    if (met.size < HOSTS.length - 1) continue
    console.log(JSON.stringify({ name, met: [...met].sort() }))
    return
  }
  throw new Error(`${name} ended`)
}
