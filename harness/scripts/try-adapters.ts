/**
 * `npm run adapters [-- NAME...]`: builds adapters, holds each to the contract, and lets ten of its nodes meet, in a network of its
 * own: mDNS would find the nodes of others, and some systems look for the routers of the host's network.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { execa } from 'execa'
import { buildAdapter } from '../src/adapters/build.ts'
import { adapterNames, loadAdapter } from '../src/adapters/shipped.ts'
import { firstWritable } from '../src/bundle.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
const cacheFolder = firstWritable([join(root, 'node_modules/.cache/gossip-testbed')])

/** A network with nothing but loopback, which carries multicast as well. */
const OWN_NETWORK = ['unshare', '--map-root-user', '--net', 'sh', '-c']
const SET_UP = 'ip link set lo up && ip link set lo multicast on && ip route add 224.0.0.0/4 dev lo && exec "$@"'

const scratch = await mkdtemp(join(tmpdir(), 'adapters-'))
const wanted = process.argv.length > 2 ? process.argv.slice(2) : adapterNames()
const faults: string[] = []
try {
  for (const name of wanted) await tryAdapter(name)
} finally {
  await rm(scratch, { recursive: true })
}
console.log(`\n${faults.length === 0 ? 'All of them do what they say.' : faults.join('\n')}`)
process.exitCode = faults.length === 0 ? 0 : 1

async function tryAdapter(name: string): Promise<void> {
  const adapter = await loadAdapter(name)
  console.log(`\n${adapter.title}`)
  const { command, version, missing } = await buildAdapter(adapter, { cacheFolder, say: console.log })
  if (command === undefined) return console.log(missing)
  console.log(version)
  const isHeld = await testNetwork('conformance', '--', ...command)
  if (!isHeld) faults.push(`${name} breaks the contract`)
  const hasMet = await testNetwork('10', '60', '--out', scratch, '--node-command', command.join(' '))
  if (!hasMet) faults.push(`${name}: ten nodes did not meet`)
}

async function testNetwork(...args: string[]): Promise<boolean> {
  const bin = join(root, 'harness/src/cli/bin.ts')
  const program = [process.execPath, '--conditions=@gossip/source', bin, ...args]
  const [unshare = '', ...flags] = [...OWN_NETWORK, SET_UP, 'sh', ...program]
  const { exitCode } = await execa(unshare, flags, {
    reject: false,
    stdin: 'ignore',
    stdout: 'inherit',
    stderr: 'inherit'
  })
  return exitCode === 0
}
