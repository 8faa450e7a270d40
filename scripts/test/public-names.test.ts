import { test } from 'tap'
import { withoutDocstring, withoutExample } from '../public-names.ts'

const root = new URL('../..', import.meta.url).pathname

test('every public name has a docstring', async t => {
  t.strictSame(withoutDocstring(root, 'lib/src/index.ts'), [])
  t.strictSame(withoutDocstring(root, 'lib/src/core/index.ts'), [])
})

test('every public function, class and constant shows an example of its use', async t => {
  t.strictSame(withoutExample(root, 'lib/src/index.ts'), [])
})

test('a name without docstring or example is found', async t => {
  t.match(withoutDocstring(root, 'scripts/test/bare-names.ts'), ['bare'])
  t.match(withoutExample(root, 'scripts/test/bare-names.ts'), ['bare', 'described'])
})
