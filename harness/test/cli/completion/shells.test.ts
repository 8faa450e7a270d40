/** The scripts in the shells themselves, as far as they are installed: a program in place of ours says what it was asked. */
import { spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import tap, { type Test, test } from 'tap'
import { FILE_PATIENCE_MS } from '../../../../scripts/tests/until.ts'
import { completionScript, completionText } from '../../../src/cli/completion/completion.ts'
import { commandTree } from '../../../src/cli/usage/usage.ts'
import { SHELLS, type Shell } from '../../../src/cli/usage/values.ts'
import { cliPath } from '../../toolkit/harness.ts'

tap.setTimeout(FILE_PATIENCE_MS)

/** A zsh that is not asked as it expects waits for ever. */
const PATIENCE_MS = 120_000

/** What is typed, and the word that its end becomes. */
const TYPED: [line: string, becomes: string][] = [
  ['con', 'conformance'],
  ['run split-', 'split-long'],
  ['run split --pl', '--plan'],
  ['run split --runner net', 'netns'],
  ['--runner=s', '--runner=simulation'],
  ['explore --kinds kill,lea', 'kill,leave'],
  ['open runs/lat', 'runs/latest'],
  ['open nest', 'nest-of-runs/'],
  ['run my', 'my.yaml'],
  ['--out nest', 'nest-of-runs/'],
  ['--out=nest', '--out=nest-of-runs/'],
  ['conformance -- ./no', './node.js']
]

for (const shell of SHELLS) {
  const skip = spawnSync(shell, ['--version']).status !== 0 && `${shell} is not installed`
  for (const [line, becomes] of TYPED) {
    test(`${shell}: test-network ${line} becomes ${becomes}`, { skip }, async t => {
      const folder = folderOf(t)
      writeProgram(folder, answering(line))
      t.equal(await lastWord(shell, folder, line), becomes)
    })
  }

  test(`${shell}: as far as all that fit agree`, { skip }, async t => {
    const folder = folderOf(t)
    writeProgram(folder, answering('run sp'))
    if (shell === 'zsh') t.equal(await lastWord(shell, folder, 'run sp'), 'split')
    else t.same(await offered(shell, folder, 'run sp'), ['split', 'split-long'])
  })

  test(`${shell}: a program that fails offers nothing, and says nothing`, { skip }, async t => {
    const folder = folderOf(t)
    writeProgram(folder, 'echo broken >&2; exit 3')
    t.equal(await lastWord(shell, folder, 'exp'), 'exp')
  })

  test(`${shell}: the program itself is asked`, { skip }, async t => {
    const folder = folderOf(t)
    writeProgram(folder, `NODE_OPTIONS= exec '${process.execPath}' --conditions=@gossip/source '${cliPath}' "$@"`)
    t.equal(await lastWord(shell, folder, 'run split-'), 'split-long')
  })
}

function folderOf(t: Test): string {
  return t.testdir({
    'my.yaml': '',
    'node.js': '',
    'nest.txt': '',
    'nest-of-runs': {},
    runs: { latest: {}, '2026-01-01T00-00-00-split': {} }
  })
}

/** A program that knows the answer to these words, and to no others. */
function answering(line: string): string {
  // Runs are looked for in the working folder, which is not that of the test.
  const runs = line === 'open runs/lat' && 'none\nruns/latest\tthe last run\n'
  const answer = runs || completionText(commandTree('1.2.3'), line.split(' '))
  return `[ "$*" = 'complete -- ${line}' ] || exit 1\nprintf '%b' '${answer.replaceAll("'", "'\\''")}'`
}

function writeProgram(folder: string, script: string): void {
  writeFileSync(join(folder, 'test-network'), `#!/bin/sh\n${script}\n`, { mode: 0o755 })
}

/** What the last word becomes when Tab is pressed. */
async function lastWord(shell: Shell, folder: string, line: string): Promise<string> {
  const written = line.split(' ').at(-1)!
  if (shell === 'zsh') return (await zsh(folder, line)).trim().split(' ').at(-1)!
  const [candidate, ...others] = await offered(shell, folder, line)
  if (others.length > 0) return `${candidate} and ${others.join(', ')}`
  if (candidate === undefined) return written
  // Readline takes the sign for the end of a word, and puts a slash behind a folder.
  const before = shell === 'bash' ? written.slice(0, written.indexOf('=') + 1) : ''
  const slash = shell === 'bash' && candidate === 'nest-of-runs' ? '/' : ''
  return `${before}${candidate}${slash}`
}

async function offered(shell: 'bash' | 'fish', folder: string, line: string): Promise<string[]> {
  const lines = linesOf(shell === 'bash' ? await bash(folder, line) : await fish(folder, line))
  return lines.map(word => word.split('\t')[0]!)
}

function linesOf(text: string): string[] {
  return text.split('\n').filter(line => line !== '')
}

/** The words as readline takes them apart. */
async function bash(folder: string, line: string): Promise<string> {
  const words = line.split(' ').flatMap(word => word.split(/(=)/))
  return await run('bash', folder, [
    'source script',
    `COMP_WORDS=(test-network ${words.map(word => `'${word}'`).join(' ')})`,
    `COMP_CWORD=${words.length}`,
    '_test_network',
    `printf '%s\\n' "\${COMPREPLY[@]}"`
  ])
}

async function fish(folder: string, line: string): Promise<string> {
  return await run('fish', folder, ['source script', `complete --do-complete 'test-network ${line}'`])
}

/** What stands in the line after Tab, of a zsh in a terminal. */
async function zsh(folder: string, line: string): Promise<string> {
  const output = await run('zsh', folder, [
    'zmodload zsh/zpty',
    'zpty asked zsh -f -i',
    "zpty -w asked 'autoload -Uz compinit; compinit -D -u; source ./script'",
    // What the terminal echoes is not what is shown.
    `zpty -w asked 'show() { print -r -- "<""$BUFFER"">" }; zle -N show; bindkey "^X" show'`,
    `zpty -n -w asked $'test-network ${line}\\t\\C-x'`,
    'while zpty -r asked shown; do print -rn -- $shown; [[ $shown == *"<test-network "*">"* ]] && break; done'
  ])
  return /<test-network (.*?)>/s.exec(output)?.[1] ?? `nothing in ${JSON.stringify(output)}`
}

async function run(shell: Shell, folder: string, script: string[]): Promise<string> {
  writeFileSync(join(folder, 'script'), await completionScript(shell))
  const env = { PATH: `${folder}:${process.env.PATH}`, HOME: folder, TERM: 'dumb' }
  const { stdout, stderr } = spawnSync(shell, ['-c', script.join('\n')], {
    cwd: folder,
    env,
    encoding: 'utf8',
    timeout: PATIENCE_MS
  })
  if (stderr !== '') throw new Error(stderr)
  return stdout
}
