import { spawnSync } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'tap'
import { comparisonDocument, readComparison } from '../../harness/src/comparison/document.ts'
import { comparisonWith } from '../../harness/test/comparison/synthetic.ts'
import { root, userEnv } from '../packages/run.ts'
import { resultsPage } from '../results.ts'

const comparison = comparisonWith(({ round }) => ({ figures: { full: 100 * round }, folder: 'a-run' }))

function make(...argv: string[]) {
  const script = ['--conditions=@gossip/source', join(root, 'scripts/results.ts'), ...argv]
  return spawnSync(process.execPath, script, { encoding: 'utf8', env: userEnv })
}

test('npm run docs:results -- runs/latest writes a page and its comparison, without what is of one machine', async t => {
  const folder = t.testdir({ latest: { 'comparison.json': comparisonDocument(comparison) } })
  const into = join(folder, 'results')
  t.match(make(join(folder, 'latest'), into), { status: 0, stderr: '' })
  const written = readComparison(await readFile(join(into, 'comparison.json'), 'utf8'), 'x')
  t.same(written.rows, comparison.rows)
  t.ok(written.runs.every(({ folder }) => folder === undefined))
  t.equal(await readFile(join(into, 'README.md'), 'utf8'), resultsPage(written))
  t.match(make(join(folder, 'results', 'none'), into), { status: 2, stderr: /no such file/ })
  t.match(make(), { status: 2, stderr: /^name the folder of a comparison: / })
})
