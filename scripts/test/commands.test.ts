import { spawn, spawnSync } from 'node:child_process'
import { glob, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Test, test } from 'tap'
import { commandsIn, type DocumentedCommand } from '../commands/extract.ts'
import { proofs, runIn } from '../commands/proofs.ts'
import { pythonNode } from '../commands/python-node.ts'
import { root, run, userEnv } from '../packages/run.ts'
import { until } from '../tests/until.ts'

/** The API reference repeats the docstrings. */
const DOCUMENTS = ['*.md', '{lib,harness}/*.md', 'examples/*/*.md', 'docs/*.md', 'docs/guide/*.md']

const hasPython = spawnSync('python3', ['--version']).status === 0

test('every command of the documentation is run somewhere, or listed with the reason why not', async t => {
  const unknown = (await documented()).filter(({ command }) => !Object.hasOwn(proofs, command))
  t.strictSame(
    unknown.map(({ file, line, command }) => `${file}:${line}: ${command}`),
    []
  )
})

test('what is listed is documented', async t => {
  const commands = (await documented()).map(({ command }) => command)
  t.strictSame(
    Object.keys(proofs).filter(command => !commands.includes(command)),
    []
  )
})

test('what another program is said to run stands in it', async t => {
  for (const [command, proof] of Object.entries(proofs)) {
    if ('by' in proof) t.ok((await readFile(join(root, proof.by), 'utf8')).includes(proof.as), command)
  }
})

for (const [command, prints] of runIn('checkout')) {
  const skip = command.includes('python3') && !hasPython && 'python3 is not here'
  test(`in a checkout: ${command}`, { skip }, async t => {
    const folder = await checkout(t)
    await writeFile(join(folder, 'my_node.py'), await pythonNode())
    t.match(await run('sh', ['-c', command], folder), prints)
  })
}

test('three terminals, three friends who find each other; Ctrl-C in one, and the others show it', async t => {
  const [alice, bob, charlie] = (await documented()).map(({ command }) => command).filter(isDemo)
  const first = new Terminal(t, alice!)
  const [, address] = await first.shows(/npm run demo -- bob (\S+)/)
  const others = [bob!, charlie!].map(command => new Terminal(t, command.replace('<address of alice>', address!)))
  for (const terminal of [first, others[0]!]) await terminal.shows(/\+ charlie joined/)
  others[1]!.interrupt()
  for (const terminal of [first, others[0]!]) await terminal.shows(/- charlie left/)
})

test('commands are found in blocks, in workflows and in sentences', async t => {
  const lines = [
    'First `npm ci`, then',
    '```sh',
    'npm test   # all, `npm run b` too',
    '',
    '```',
    'see `lib`',
    '```yaml',
    '  - run: npx a',
    '```',
    '```ts',
    'f()',
    '```'
  ]
  t.strictSame(commandsIn('page.md', lines.join('\n')), [
    { file: 'page.md', line: 1, command: 'npm ci' },
    { file: 'page.md', line: 3, command: 'npm test' },
    { file: 'page.md', line: 3, command: 'npm run b' },
    { file: 'page.md', line: 8, command: 'npx a' }
  ])
})

async function documented(): Promise<DocumentedCommand[]> {
  const commands: DocumentedCommand[] = []
  for await (const file of glob(DOCUMENTS, { cwd: root })) {
    commands.push(...commandsIn(file, await readFile(join(root, file), 'utf8')))
  }
  return commands
}

function isDemo(command: string): boolean {
  return command.startsWith('npm run demo -- ')
}

/** A folder of its own that holds what this one holds, so that what a command leaves is not left here. */
async function checkout(t: Test): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'checkout-'))
  t.teardown(async () => await rm(folder, { recursive: true, force: true }))
  const names = (await readdir(root)).filter(name => name !== 'runs')
  await Promise.all(names.map(async name => await symlink(join(root, name), join(folder, name))))
  return folder
}

/** A command that runs on, and what it has shown so far. */
class Terminal {
  readonly #process
  #shown = ''
  #isClosed = false

  constructor(t: Test, command: string) {
    this.#process = spawn('sh', ['-c', command], { cwd: root, env: userEnv, detached: true })
    for (const stream of [this.#process.stdout, this.#process.stderr]) {
      stream.on('data', data => {
        this.#shown += data
      })
    }
    this.#process.once('close', () => {
      this.#isClosed = true
    })
    t.teardown(() => this.#kill('SIGKILL'))
  }

  /** @throws {Error} with all that was shown, when it does not come in time or the command ends without it */
  async shows(pattern: RegExp): Promise<RegExpExecArray> {
    const seen = () => `no ${pattern} in:\n${this.#shown}`
    await until(() => {
      if (pattern.test(this.#shown)) return true
      if (this.#isClosed) throw new Error(`the command has ended: ${seen()}`)
      return false
    }, seen)
    return pattern.exec(this.#shown)!
  }

  /** As Ctrl-C does it: everything in the terminal gets the signal. */
  interrupt(): void {
    this.#kill('SIGINT')
  }

  #kill(signal: NodeJS.Signals): void {
    try {
      process.kill(-this.#process.pid!, signal)
    } catch {
      // It is gone, which is what was wanted.
    }
  }
}
