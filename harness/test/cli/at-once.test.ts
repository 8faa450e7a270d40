import { test } from 'tap'
import { exitCodeOf } from '../../src/judge/judgement.ts'
import { connectEngine } from '../../src/runners/container/engine.ts'
import { testImage } from '../runners/container/engine.ts'
import { noNamespaces } from '../runners/netns/namespaces.ts'
import { nodeCommand, startHarness } from '../toolkit/harness.ts'

const engine = await connectEngine().catch(() => undefined)

const honest = nodeCommand('honest.mjs')
const inImage = async () => ['--image', await testImage(engine!), '--node-command', 'node /app/honest.mjs']

/** Whether nodes of both runs would meet each other at their addresses, if these were the same. */
const KINDS = [
  { runner: 'process', share: true, skip: false, argv: async () => honest },
  { runner: 'netns', share: false, skip: await noNamespaces(), argv: async () => honest },
  { runner: 'container', share: true, skip: engine === undefined && 'no container engine', argv: inImage }
]

for (const { runner, share, skip, argv } of KINDS) {
  test(`two runs at the same time do not hear of each other (${runner})`, { skip }, async t => {
    const args = ['3', '60', '--runner', runner, ...(await argv())]
    const folder = t.testdir({ one: {}, other: {} })
    const harnesses = ['one', 'other'].map(name => startHarness(t, `${folder}/${name}`, args))
    const hosts = await Promise.all(
      harnesses.map(async harness => {
        const { code, stdout } = await harness.ended
        // A host that is too busy to tell is no fault.
        if (code !== exitCodeOf.unknown)
          t.match({ code, stdout }, { code: 0, stdout: 'PASS  3 nodes found each other' })
        const lines = (await harness.history()).flatMap(event => (event.type === 'line' ? [event.line] : []))
        return lines.flatMap(line => (line.type === 'ready' ? line.addrs.map(addr => addr.split('/')[2]) : []))
      })
    )
    t.equal(hosts.flat().length, 6)
    if (share) t.equal(new Set(hosts.flat()).size, 6, 'each node has an address of its own')
    else t.same(hosts[0]?.toSorted(), hosts[1]?.toSorted(), 'each network has the same addresses, and no way out')
  })
}
