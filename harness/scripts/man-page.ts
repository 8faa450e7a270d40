/** Writes harness/man/test-network.1 for `man`, from what the commands say of themselves. */
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { aboutShipped } from '../src/scenario/shipped.ts'
import { type CommandReference, commandReference, type Taken } from './command-reference.ts'

const folder = new URL('../man/', import.meta.url)

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const manifest = JSON.parse(await readFile(new URL('../package.json', import.meta.url), 'utf8'))
  await mkdir(folder, { recursive: true })
  await writeFile(new URL('test-network.1', folder), manPage(manifest))
}

/** Without a date: the same sources make the same page. */
export function manPage({ version, description }: { version: string; description: string }): string {
  const [main, ...commands] = commandReference(version)
  const lines = [
    `.TH TEST\\-NETWORK 1 "" "test\\-network ${roff(version)}" "User Commands"`,
    '.\\" Left-aligned and without hyphens, so that what is typed is not torn apart.',
    '.ad l',
    '.nh',
    ...section('NAME', [`test\\-network \\- ${roff(uncapitalised(description))}`]),
    ...section(
      'SYNOPSIS',
      main!.usage.flatMap(usage => [bold(usage), '.br'])
    ),
    ...section('DESCRIPTION', [roff(main!.description)]),
    ...section('OPTIONS', main!.takes.flatMap(taken)),
    ...section('COMMANDS', commands.flatMap(commandLines)),
    ...section(
      'SCENARIOS',
      aboutShipped().flatMap(([name, about]) => item(name, about))
    ),
    ...section('EXIT STATUS', exitLines(main!)),
    ...section('EXAMPLES', main!.examples.flatMap(exampleLines))
  ]
  return `${lines.join('\n')}\n`
}

function section(heading: string, lines: readonly string[]): string[] {
  return [`.SH ${heading}`, ...lines]
}

function commandLines(command: CommandReference): string[] {
  const { usage, description, takes, alsoTakes, examples } = command
  return [
    `.SS ${quoted(usage[0]!)}`,
    roff(description),
    ...takes.flatMap(taken),
    ...(alsoTakes.length > 0 ? ['.PP', roff(`Takes as well, as above: ${alsoTakes.join(', ')}.`)] : []),
    ...exitLines(command),
    ...examples.flatMap(exampleLines)
  ]
}

function taken({ term, description, facts }: Taken): string[] {
  return item(term, facts.length === 0 ? description : `${description} (${facts.join('; ')})`)
}

function exitLines({ exitCodes }: CommandReference): string[] {
  const codes = [...exitCodes].map(([code, meaning]) => `${code} ${meaning}`)
  return ['.PP', roff(`Exit codes: ${codes.join('; ')}.`)]
}

function exampleLines({ command, about }: { command: string; about: string }): string[] {
  return ['.PP', roff(about), '.PP', '.in +4n', '.EX', roff(command), '.EE', '.in']
}

function item(term: string, description: string): string[] {
  return ['.TP', bold(term), roff(description)]
}

function bold(text: string): string {
  return `.B ${quoted(text)}`
}

/** The argument of a macro. */
function quoted(text: string): string {
  return `"${roff(text).replaceAll('"', '\\(dq')}"`
}

/** Text that roff prints as it is: no escape, no request, and what can be pasted stays what it is. */
function roff(text: string): string {
  return text
    .replaceAll('\\', '\\e')
    .replaceAll('-', '\\-')
    .replaceAll("'", '\\(aq')
    .replaceAll('`', '\\(ga')
    .replaceAll('^', '\\(ha')
    .replaceAll('~', '\\(ti')
    .replace(/^\./gm, '\\&.')
    .replace(/[^\x20-\x7e\n]/gu, letter => `\\[u${letter.codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0')}]`)
}

function uncapitalised(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1)
}
