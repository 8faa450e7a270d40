import fc from 'fast-check'
import { test } from 'tap'
import { type Completion, completionOf } from '../../../src/cli/completion/complete.ts'
import { completionText } from '../../../src/cli/completion/completion.ts'
import { commandTree, parseUsage } from '../../../src/cli/usage/usage.ts'
import { WHERE } from '../../../src/cli/usage/values.ts'
import { DRAFT_KINDS } from '../../../src/explore/generate.ts'

const program = commandTree('1.2.3')

test('the first word is a command, and what only scripts call is none', async t => {
  const { candidates, places } = completed('')
  const visible = ['run', 'list', 'explore', 'open', 'judge', 'conformance', 'clean', 'completion', 'help']
  for (const name of visible)
    t.ok(
      candidates.some(({ word, about }) => word === name && about !== ''),
      name
    )
  t.notOk(candidates.some(({ word }) => word === 'complete'))
  t.equal(places, 'none')
  t.same(words('con'), ['conformance'])
  t.same(words('5 con'), [], 'a number of nodes is followed by no command')
})

test('a scenario is completed by its name, and may be a file', async t => {
  t.match(completed('run sp'), {
    candidates: [{ word: 'split', about: /two halves/ }, { word: 'split-long' }],
    places: 'files'
  })
  t.same(words('run split sp'), [], 'only where it stands')
})

test('options are those of the command, and none that was given', async t => {
  t.same(words('open --'), ['--path', '--help'])
  t.same(words('open --path --'), ['--help'])
  t.same(words('list --j'), ['--json'])
  t.notOk(words('run split --').includes('--bootstrap-peers'))
  t.notOk(words('run split --seed 7 --').includes('--seed'))
})

test('values of an option are completed, behind it or behind the sign', async t => {
  t.same(words('--runner '), WHERE)
  t.same(words('run split --runner net'), ['netns'])
  t.same(words('--runner=s'), ['--runner=simulation'])
  t.same(words('--seed '), [], 'a number is the user’s')
  t.equal(completed('--out ').places, 'folders')
  t.equal(completed('--out=').places, 'folders')
  t.equal(completed('--node-command ').places, 'files')
  t.same(words('completion '), ['bash', 'zsh', 'fish'])
  t.ok(words('help ').includes('run'))
})

test('a list goes on with what it does not yet hold', async t => {
  t.same(words('explore --kinds '), DRAFT_KINDS)
  t.same(words('explore --kinds kill,p'), ['kill,power-off', 'kill,pause', 'kill,partition'])
  t.notOk(words('explore --kinds kill,').includes('kill,kill'))
})

test('the program under test has options of its own', async t => {
  for (const line of ['conformance -- ', 'conformance -- node ', 'conformance -- node --', 'conformance node --w'])
    t.strictSame(completed(line), { candidates: [], places: 'files' }, line)
  t.same(words('conformance --w'), ['--within'])
})

test('what stands before makes no sense: nothing is offered, and nothing thrown', async t => {
  t.strictSame(completed('list nonsense x'), { candidates: [], places: 'none' })
  t.strictSame(completed('--nonsense='), { candidates: [], places: 'none' })
  t.strictSame(completionOf(program, []).places, 'none')
})

test('whatever is written, what is offered begins with it and is understood', async t => {
  const anyWord = fc.oneof(
    fc.constantFrom(
      'run',
      'split',
      'explore',
      '--runner',
      '--runner=',
      '--kinds',
      'kill,',
      '--',
      '-',
      '=',
      '',
      'open',
      '--out'
    ),
    fc.string({ maxLength: 5 })
  )
  const offered = fc.property(fc.array(anyWord, { maxLength: 6 }), anyWord, (before, last) => {
    const { candidates } = completionOf(program, [...before, last])
    return candidates.every(({ word }) => word.startsWith(last))
  })
  t.doesNotThrow(() => fc.assert(offered))
})

test('every command, choice and scenario that is offered is taken', async t => {
  for (const word of words('run ')) t.match(parseUsage(['run', word], '1.2.3', 64e9), { scenario: word })
  for (const word of words('run split --runner '))
    t.match(parseUsage(['run', 'split', '--runner', word], '1.2.3', 64e9), { runner: word })
  for (const word of words('help ')) t.match(parseUsage(['help', word], '1.2.3', 64e9), { kind: 'print' })
})

test('a line for a shell holds a word, a tab and what it is', async t => {
  t.equal(completionText(program, ['open', '--p']), 'none\n--path\tonly print where the report is\n')
})

/** As it is typed, up to the cursor. */
function completed(line: string): Completion {
  return completionOf(program, line.split(' '))
}

function words(line: string): string[] {
  return completed(line).candidates.map(({ word }) => word)
}
