import { existsSync, lstatSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Test, test } from 'tap'
import { formatOwner, type Owner, thisProcess } from '../../src/runners/processes/owner.ts'
import { cleanScratch, cleanScratchOf, makeScratch } from '../../src/runners/scratch.ts'

test('a folder is for this user alone, and is gone with its owner when it is removed', async t => {
  const folder = temporaryFolder(t)
  const scratch = makeScratch()
  t.ok(scratch.path.startsWith(folder))
  t.equal(lstatSync(scratch.path).mode & 0o777, 0o700)
  writeFileSync(join(scratch.path, 'key'), 'k')
  scratch.remove()
  scratch.remove()
  t.notOk(existsSync(scratch.path))
  t.throws(() => lstatSync(`${scratch.path}.owner`), { code: 'ENOENT' })
})

test('the folder of a harness that is gone is cleaned away, at whatever moment it was killed', async t => {
  const folder = temporaryFolder(t)
  const gone = { ...thisProcess(), started: 'at another time' }
  leave(folder, '0000000000000001', gone)
  mkdirSync(join(folder, 'gossip-testbed-0000000000000001'))
  writeFileSync(join(folder, 'gossip-testbed-0000000000000001', 'n1-0'), 'key')
  leave(folder, '0000000000000002', gone)
  t.match(cleanScratch(), { removed: ['2 folders'], left: [] })
  t.match(cleanScratch(), { removed: [], left: [] })
  t.notOk(existsSync(join(folder, 'gossip-testbed-0000000000000001')))
})

test('a folder whose harness lives, or may live, is left and told of', async t => {
  const folder = temporaryFolder(t)
  const own = makeScratch()
  leave(folder, '0000000000000003', { ...thisProcess(), machine: 'another' })
  t.match(cleanScratch().removed, [])
  t.same(new Set(cleanScratch().left.map(({ owner }) => owner?.machine)), new Set([thisProcess().machine, 'another']))
  t.ok(existsSync(own.path))
  t.match(cleanScratchOf('0000000000000003'), { removed: ['1 folder'] })
  t.equal(cleanScratch().left.length, 1)
})

test('what others have put there is left alone', async t => {
  const folder = temporaryFolder(t)
  const gone = formatOwner({ ...thisProcess(), started: 'at another time' })
  for (const name of ['gossip-testbed-mine.owner', 'gossip-testbed-00.owner', 'other.owner'])
    symlinkSync(gone, join(folder, name))
  writeFileSync(join(folder, 'gossip-testbed-0000000000000004.owner'), gone)
  mkdirSync(join(folder, 'gossip-testbed-0000000000000005'))
  symlinkSync('nonsense', join(folder, 'gossip-testbed-0000000000000006.owner'))
  const precious = mkdtempSync(join(folder, 'precious-'))
  writeFileSync(join(precious, 'file'), '')
  symlinkSync(precious, join(folder, 'gossip-testbed-0000000000000007'))
  leave(folder, '0000000000000007', { ...thisProcess(), started: 'at another time' })
  t.match(cleanScratch(), { removed: ['1 folder'], left: [{ runId: '0000000000000006', owner: undefined }] })
  t.ok(existsSync(join(precious, 'file')), 'a link is removed, not what it leads to')
  t.ok(existsSync(join(folder, 'gossip-testbed-0000000000000005')))
  t.ok(existsSync(join(folder, 'gossip-testbed-0000000000000004.owner')))
})

/** Holds what this file makes, and nothing of the runs of this host. */
function temporaryFolder(t: Test): string {
  const before = process.env.TMPDIR
  const folder = mkdtempSync(join(tmpdir(), 'scratch-test-'))
  process.env.TMPDIR = folder
  t.teardown(() => {
    if (before === undefined) delete process.env.TMPDIR
    else process.env.TMPDIR = before
    rmSync(folder, { recursive: true })
  })
  return folder
}

/** As a harness leaves it that is killed right after its first step. */
function leave(folder: string, runId: string, owner: Owner): void {
  symlinkSync(formatOwner(owner), join(folder, `gossip-testbed-${runId}.owner`))
}
