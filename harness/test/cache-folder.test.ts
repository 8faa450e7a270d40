/** What commands keep for the next one, and where. */
import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import tap, { test } from 'tap'
import { FILE_PATIENCE_MS, PATIENCE_MS } from '../../scripts/tests/until.ts'
import { cacheFolder } from '../src/cache-folder.ts'

tap.setTimeout(FILE_PATIENCE_MS)

const bin = fileURLToPath(new URL('../src/cli/bin.ts', import.meta.url))
const packages = fileURLToPath(new URL('../../node_modules', import.meta.url))

test('a command of a checkout keeps what it has compiled beside the packages, and nothing anywhere else', async t => {
  const elsewhere = t.testdir()
  const { status, stderr } = spawnSync(process.execPath, ['--conditions=@gossip/source', bin, 'list'], {
    cwd: elsewhere,
    encoding: 'utf8',
    timeout: PATIENCE_MS,
    env: { PATH: process.env.PATH, TMPDIR: elsewhere, HOME: elsewhere, XDG_CACHE_HOME: elsewhere }
  })
  t.same([status, stderr], [0, ''])
  t.same(readdirSync(elsewhere), [])
  t.equal(cacheFolder(), join(packages, '.cache/gossip-testbed'))
  t.ok(existsSync(join(cacheFolder(), 'compiled')))
})
