import { Argument, type Option } from 'commander'
import { test } from 'tap'
import { factsOf, valueWordOf } from '../../src/cli/usage/manual.ts'
import { commandTree, parseUsage } from '../../src/cli/usage/usage.ts'
import { UsageCommand } from '../../src/cli/usage/usage-command.ts'
import { aboutShipped } from '../../src/scenario/shipped.ts'

const PLENTY_BYTES = 64e9

const program = commandTree('1.2.3')
const commands = [program, ...program.commands] as UsageCommand[]

test('the help of the program names every command, scenario and exit code', async t => {
  const help = textOf('--help')
  for (const name of ['run', 'list', 'explore', 'open', 'judge', 'conformance', 'clean', 'completion', 'help'])
    t.match(help, new RegExp(`^ {2}${name}\\b`, 'm'))
  for (const [name, about] of aboutShipped()) t.match(squeezed(help), `${name} ${about}`)
  for (const code of [0, 1, 2, 3, 129, 130, 143]) t.match(help, new RegExp(`^ {2}${code} +\\S`, 'm'))
  t.notMatch(help, /^ {2}complete\b/m, 'what only scripts call is not for readers')
})

test('help of a command is asked for in three ways, and is the same', async t => {
  for (const command of program.commands) {
    const help = textOf('help', command.name())
    t.match(help, new RegExp(`^Usage: test-network ${command.name()}\\b`))
    t.equal(textOf(command.name(), '--help'), help)
    t.equal(textOf(command.name(), '-h'), help)
  }
  t.equal(textOf('help'), textOf('--help'))
})

for (const command of commands) {
  test(`what ${command.name()} says of itself is complete`, async t => {
    t.ok(command instanceof UsageCommand)
    t.not(command.examples.length, 0, 'it has an example')
    const described = [...command.registeredArguments, ...command.options]
    t.same(described.filter(({ description }) => description === '').map(valueWordOf), [])
    const optional = described.filter(one => valueWordOf(one) !== undefined && !isNeeded(one))
    const withoutDefault = optional.filter(one => !factsOf(one).some(fact => fact.startsWith('default: ')))
    t.same(
      withoutDefault.map(({ description }) => description),
      [],
      'each says what holds if it is not given'
    )
    const codes = [...command.exitCodes.keys()]
    t.ok(codes.includes(0) && codes.includes(2))
  })

  for (const { command: line } of command.examples) {
    test(`an example is understood: ${line}`, async t => {
      t.doesNotThrow(() => parseUsage(wordsOf(line), '1.2.3', PLENTY_BYTES))
    })
  }
}

for (const columns of [200, 80, 60, 36]) {
  test(`help fits a terminal of ${columns} columns, but for what is pasted`, async t => {
    for (const command of commands) {
      command.configureOutput({ getOutHelpWidth: () => columns })
      const [text = ''] = command.helpInformation().split('\nExamples:\n')
      // A word is never torn apart.
      const tooLong = text.split('\n').filter(line => line.length > columns && /\S\s+\S/.test(line.trim()))
      t.same(
        tooLong.filter(line => !line.startsWith('Usage:') && !/^ +test-network/.test(line)),
        []
      )
    }
  })
}

test('one long option does not push what is said of all others to the right', async t => {
  program.configureOutput({ getOutHelpWidth: () => 80 })
  t.match(program.helpInformation(), /^.{30}how long every check must hold/m)
  t.match(program.helpInformation(), /^ {2}--announce-interval-ms <duration>\n {30}between/m)
})

test('a terminal that says it has no columns is taken for one of 80', async t => {
  const help = (columns: number | undefined) => {
    program.configureOutput({ getOutHelpWidth: () => columns as number })
    return program.helpInformation()
  }
  t.equal(help(0), help(80))
  t.equal(help(undefined), help(80))
  t.not(help(60), help(80))
})

test('a command that is added says what it is without another line of code', async t => {
  program.addCommand(new UsageCommand('sing').description('Sings a song.').argument('<scenario>', 'which song'))
  t.match(program.helpInformation(), /^ {2}sing <scenario> +Sings a song\.$/m)
  const sing = program.commands.at(-1)!
  t.match(sing.helpInformation(), /^Scenarios:\n {2}bootstrap-dies/m, 'what takes a scenario lists them')
})

function textOf(...argv: string[]): string {
  const usage = parseUsage(argv, '1.2.3', PLENTY_BYTES)
  return usage.kind === 'print' ? usage.text : `no help: ${usage.kind}`
}

/** Or may be left out without a word, as one of several. */
function isNeeded(described: Argument | Option): boolean {
  return described instanceof Argument && (described.required || described.variadic)
}

function squeezed(text: string): string {
  return text.replace(/\s+/g, ' ')
}

/** What the program is given, of a line for a shell. */
function wordsOf(line: string): string[] {
  const [, argv = ''] = /test-network ([^|)]*)/.exec(line) ?? []
  return [...argv.matchAll(/'([^']*)'|(\S+)/g)].map(([, quoted, word]) => quoted ?? word!)
}
