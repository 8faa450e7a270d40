import { test } from 'tap'
import { checkExamples } from '../check-examples.ts'
import { compile } from '../examples/compile.ts'
import { blocksIn } from '../examples/extract.ts'

const root = new URL('../..', import.meta.url).pathname

test('every example in the documentation and in docstrings compiles', async t => {
  const { count, faults } = await checkExamples()
  t.strictSame(faults, [])
  t.ok(count > 0)
})

test('an example that does not compile is named by its document and line', async t => {
  const document = ['# A title', '', '```ts', 'const sum: number = 1', "const text: number = 'one'", '```', ''].join(
    '\n'
  )
  t.match(compile(root, blocksIn('docs/page.md', document)), [/^docs\/page\.md:5: Type 'string' is not assignable/])
})

test('an example in a docstring is read without the stars', async t => {
  const source = ['/**', ' * ```ts', ' * nowhere()', ' * ```', ' */', 'export function f() {}'].join('\n')
  t.match(compile(root, blocksIn('lib/src/page.ts', source)), [/^lib\/src\/page\.ts:3: Cannot find name 'nowhere'/])
})

test('blocks in other languages are left alone', async t => {
  t.strictSame(blocksIn('docs/page.md', '```sh\nls\n```\n```json\n{}\n```\n'), [])
})

test('a block without an end is a fault', async t => {
  t.throws(() => blocksIn('docs/page.md', '```ts\nconst a = 1\n'), {
    message: 'docs/page.md:1: a block without an end'
  })
})
