import { test } from 'tap'
import { ONLY_PROGRAM } from '../../src/scenario/cold-start.ts'
import { planOf, runFake } from './fake-run.ts'

test('a program that keeps state gets a folder with each key, a stranger another one; other programs get none', async t => {
  const restart = (node: string, key: 'same' | 'new') =>
    ({ type: 'restart', nodes: [node], key, afterMs: 100 }) as const
  const plan = planOf({ steps: [restart('n2', 'same'), restart('n3', 'new')] })
  const statesOf = async (keepsState: boolean) => {
    const { runner } = await runFake(plan, {}, { programs: { [ONLY_PROGRAM]: { args: [], keepsState } } })
    return (name: string) => runner.specs.filter(({ node }) => node === name).map(({ args }) => flagOf(args, '--state'))
  }
  const kept = await statesOf(true)
  const [first, second] = kept('n2')
  t.type(first, 'string')
  t.equal(second, first)
  const [before, after] = kept('n3')
  t.not(before, after)
  t.not(before, first)
  t.same((await statesOf(false))('n2'), [undefined, undefined])
})

function flagOf(args: readonly string[], flag: string): string | undefined {
  return args.includes(flag) ? args[args.indexOf(flag) + 1] : undefined
}
