import { chmodSync, mkdirSync, writeFileSync } from 'node:fs'
import { test } from 'tap'
import { findTools } from '../../../src/runners/netns/tools.ts'

test('elsewhere than on Linux one line says so, and what works there', async t => {
  t.throws(() => findTools('darwin'), {
    message: /needs the network namespaces of Linux, and this is darwin; use --runner process$/
  })
})

test('what is not installed is named, with the packages that bring it', async t => {
  t.throws(() => findTools('linux', '', []), {
    message:
      /needs ip, tc, nft, mount, nsenter, unshare, not found here; install iproute2 nftables util-linux \(apt-get/
  })
})

test('a program counts only if it can be run, and the first folder wins', async t => {
  const [first, second] = ['first', 'second'].map(name => `${t.testdir()}/${name}`) as [string, string]
  for (const folder of [first, second]) {
    mkdirSync(folder)
    for (const name of ['ip', 'tc', 'nft', 'mount', 'nsenter', 'unshare']) {
      writeFileSync(`${folder}/${name}`, '')
      chmodSync(`${folder}/${name}`, 0o755)
    }
  }
  chmodSync(`${first}/nft`, 0o644)
  // Root may read everything, but run only what somebody may run.
  t.match(findTools('linux', `${first}:${second}`, []), { ip: `${first}/ip`, nft: `${second}/nft` })
})
