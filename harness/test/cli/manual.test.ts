import { spawnSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'tap'
import { commandLinePage, commandLinePagePath } from '../../scripts/command-line-page.ts'
import { commandReference } from '../../scripts/command-reference.ts'
import { manPage } from '../../scripts/man-page.ts'
import { commandTree } from '../../src/cli/usage/usage.ts'
import { aboutShipped } from '../../src/scenario/shipped.ts'

const page = manPage({ version: '1.2.3', description: 'Starts N nodes' })

const program = commandTree('1.2.3')
const hasMan = spawnSync('man', ['--version']).status === 0
const hasGroff = spawnSync('groff', ['--version']).status === 0

test("the guide's page is what the commands say (else: npm run command-line -w harness)", async t => {
  t.equal(readFileSync(commandLinePagePath, 'utf8'), commandLinePage())
})

test('every command, option and argument is told, each in one place', async t => {
  const reference = commandReference('1.2.3')
  const visible = program.createHelp().visibleCommands(program)
  t.same(
    reference.map(({ path }) => path),
    ['test-network', ...visible.map(command => `test-network ${command.name()}`)]
  )
  for (const command of [program, ...visible]) {
    const { takes, alsoTakes } = reference.find(({ path }) => path.endsWith(command.name()))!
    for (const { long } of command.options)
      t.equal(
        takes.filter(({ term }) => term.split(/[ ,]+/).includes(long!)).length + (alsoTakes.includes(long!) ? 1 : 0),
        1,
        long!
      )
    for (const argument of command.registeredArguments)
      t.ok(
        takes.some(({ term }) => term.includes(argument.name())),
        argument.name()
      )
  }
})

test('an option that differs from that of the main command is told at both', async t => {
  const [main, run] = commandReference('1.2.3')
  const seed = (takes: typeof main) => takes!.takes.find(({ term }) => term === '--seed <n>')!.facts
  t.strictSame([seed(main), seed(run)], [['default: 1'], ['default: that of the scenario']])
})

test('man shows the page without a warning, and nothing of it is lost', {
  skip: !hasMan && 'man is not installed'
}, async t => {
  const { stdout, stderr } = shown(t.testdir(), ['man', '--warnings', '--local-file'])
  t.equal(stderr, '')
  const text = stdout.replace(/\s+/g, ' ')
  for (const [name, about] of aboutShipped()) t.ok(text.includes(`${name} ${about}`), name)
  for (const { examples, takes } of commandReference('1.2.3')) {
    for (const { command } of examples) t.ok(stdout.includes(`    ${command}\n`), `can be pasted: ${command}`)
    for (const { term } of takes) t.ok(stdout.includes(`  ${term}`), term)
  }
})

test('groff has no warning, not even one of its strictest', {
  skip: !hasGroff && 'groff is not installed'
}, async t => {
  t.equal(shown(t.testdir(), ['groff', '-man', '-ww', '-Tutf8']).stderr, '')
})

test('text that roff could take for its own is shown as it is', {
  skip: !hasGroff && 'groff is not installed'
}, async t => {
  const text = `.so a\\fB 'quoted' "so" ~ ^ \`-\` ± …`
  const odd = manPage({ version: '1.2.3', description: text })
  const folder = t.testdir({ page: odd })
  const { stdout, stderr } = spawnSync('groff', ['-man', '-ww', '-Tutf8', '-P-cbou', join(folder, 'page')], {
    encoding: 'utf8'
  })
  t.equal(stderr, '')
  t.ok(stdout.includes(`test-network - ${text}`), stdout.slice(0, 400))
})

test('a hyphen is one that can be pasted, whatever man makes of others', async t => {
  const lines = page.split('\n').filter(line => !line.startsWith('.\\"'))
  t.same(
    lines.filter(line => /(?<!\\)-/.test(line)),
    []
  )
})

test('the same commands make the same page, whenever it is made', async t => {
  t.equal(manPage({ version: '1.2.3', description: 'Starts N nodes' }), page)
  t.notMatch(page, /20\d\d/)
})

function shown(folder: string, [program, ...args]: [string, ...string[]]): { stdout: string; stderr: string } {
  const path = join(folder, 'test-network.1')
  writeFileSync(path, page)
  const env = { PATH: process.env.PATH, LC_ALL: 'C.UTF-8', MANWIDTH: '200', MAN_KEEP_FORMATTING: '' }
  return spawnSync(program, [...args, path], { env, encoding: 'utf8' })
}
