import { test } from 'tap'
import { withoutDocstring, withoutExample } from '../public-names.ts'

const root = new URL('../..', import.meta.url).pathname

test('every public name has a docstring', async t => {
  for (const module of ['lib/src/index.ts', 'lib/src/libp2p-2/index.ts', 'lib/src/core/index.ts']) {
    t.strictSame(withoutDocstring(root, module), [], module)
  }
})

test('every public function, class and constant shows an example of its use', async t => {
  for (const module of ['lib/src/index.ts', 'lib/src/libp2p-2/index.ts']) {
    t.strictSame(withoutExample(root, module), [], module)
  }
})

test('a name without docstring or example is found', async t => {
  t.match(withoutDocstring(root, 'scripts/test/bare-names.ts'), ['bare'])
  t.match(withoutExample(root, 'scripts/test/bare-names.ts'), ['bare', 'described'])
})
