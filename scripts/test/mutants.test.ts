/** `npm run mutants`: which mutants there are, which of them are tried, and which tests they meet first. */
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { test } from 'tap'
import { nearTests } from '../mutants/campaigns.ts'
import { instrumented, type Mutant, mutantsOf, mutated } from '../mutants/mutant.ts'
import { optionsOf } from '../mutants/options.ts'
import { sampleOf } from '../mutants/sample.ts'
import { root } from '../packages/run.ts'

const ONE = `export function isLate(ms: number): boolean {
  if (ms < 0) throw new RangeError('a time is not negative')
  return ms >= 5
}
`
const OTHER = `export const word: string = 'late'
export const kind: 'early' | 'late' = 'late'
`

test('a mutant is a change of the source at its place; sentences are left as they are', async t => {
  const mutants = await mutantsOf('one.ts', ONE)
  for (const mutant of mutants) {
    t.equal(ONE.slice(mutant.offset, mutant.offset + mutant.from.length), mutant.from)
    t.not(mutated(ONE, mutant), ONE)
    t.equal(
      ONE.split('\n')
        [mutant.line - 1]!.slice(mutant.column - 1)
        .startsWith(mutant.from.split('\n')[0]!),
      true
    )
  }
  t.ok(mutants.some(({ from, to }) => from === 'ms >= 5' && to === 'ms > 5'))
  t.strictSame(
    mutants.filter(({ mutator }) => mutator === 'StringLiteral'),
    []
  )
  t.ok((await mutantsOf('other.ts', OTHER)).some(({ from, to }) => from === "'late'" && to === '""'))
})

test('each mutant has a switch of its own', async t => {
  const sources = new Map([
    ['one.ts', ONE],
    ['other.ts', OTHER]
  ])
  const mutants = [...(await mutantsOf('one.ts', ONE)), ...(await mutantsOf('other.ts', OTHER))]
  const { sources: changed, idOf } = await instrumented(sources, mutants)
  t.equal(new Set(mutants.map(idOf)).size, mutants.length)
  for (const mutant of mutants) t.ok(changed.get(mutant.file)!.includes(`("${idOf(mutant)}")`))
})

test('the sample depends on the seed and the changes alone, and the compiler is heard', async t => {
  const sources = new Map([
    ['scripts/one.ts', ONE],
    ['scripts/other.ts', OTHER]
  ])
  const moved = new Map([...sources].reverse().map(([file, text]) => [file, `\n${text}`]))
  const { mutants, refused, outOf } = await sampleOf(root, sources, 1, 100)
  t.equal(mutants.length + refused, outOf)
  t.equal(mutants.filter(({ mutator }) => mutator === 'StringLiteral').length, 1, 'kind cannot be empty')
  const again = await sampleOf(root, moved, 1, 3)
  t.strictSame(again.mutants.map(namesOf), mutants.slice(0, 3).map(namesOf))
  t.notSame((await sampleOf(root, sources, 2, 3)).mutants.map(namesOf), again.mutants.map(namesOf))
})

test('a mutant meets the tests of its room first, and of these its own', async t => {
  const all = ['a/x.test.ts', 'a/room/slow.test.ts', 'a/room/a.test.ts', 'a/room/b.test.ts', 'a/other/b.test.ts']
  const campaign = { sources: 's', tests: 'a', without: [], others: [], last: ['a/room/slow.test.ts'] }
  t.strictSame(nearTests(campaign, 's/room/b.ts', all), ['a/room/b.test.ts', 'a/room/a.test.ts'])
  t.strictSame(nearTests(campaign, 's/room/closet/c.ts', all), ['a/room/a.test.ts', 'a/room/b.test.ts'])
  t.strictSame(nearTests(campaign, 's/x.ts', all), ['a/x.test.ts'])
  t.strictSame(nearTests(campaign, 's/empty/x.ts', all), ['a/x.test.ts'])
})

test('what is asked for in another way is refused with one line and the usage', async t => {
  for (const [args, said] of [
    [[], /^usage: npm run mutants -- core\|judge/],
    [['shell'], /^usage/],
    [['core', 'judge'], /^usage/],
    [['core', '--seed', 'x'], /^--seed "x" is no whole number from 0\nusage/],
    [['core', '--count', '0'], /^--count "0" is no whole number from 1\nusage/],
    [['core', '--fast'], /^Unknown option '--fast'/]
  ] as const)
    t.throws(() => optionsOf([...args]), { message: said })
  t.strictSame(optionsOf(['core']), { name: 'core', seed: 11, count: 100, isNearOnly: false })
  t.strictSame(optionsOf(['judge', '--seed', '7', '--count', '9', '--near']), {
    name: 'judge',
    seed: 7,
    count: 9,
    isNearOnly: true
  })
  const { status, stderr, stdout } = spawnSync(process.execPath, [join(root, 'scripts/mutants/main.ts')], {
    encoding: 'utf8'
  })
  t.match({ status, stderr, stdout }, { status: 2, stderr: /^usage/, stdout: '' })
})

function namesOf({ mutator, from, to }: Mutant): string {
  return `${mutator} ${from} ${to}`
}
