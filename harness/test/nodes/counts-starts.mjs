/** Says on stderr how often a node was started under the file that `--key` names, and where this time; then it ends. */
import { appendFileSync, readFileSync } from 'node:fs'
import { parseArgs } from 'node:util'

const { values } = parseArgs({
  options: { name: { type: 'string' }, key: { type: 'string' }, listen: { type: 'string' } }
})
appendFileSync(values.key, '*')
process.stderr.write(`${readFileSync(values.key, 'utf8').length} ${values.listen}\n`)
