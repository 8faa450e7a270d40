/** Writes docs/guide/command-line.md, from what the commands say of themselves. */
import { writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { type CommandReference, commandReference, type Taken } from './command-reference.ts'

export const commandLinePagePath = new URL('../../docs/guide/command-line.md', import.meta.url)

const INTRODUCTION = `# The command line

<!-- Written by npm run command-line -w harness, from the commands themselves. -->

All commands of \`test-network\`, with everything that they take. \`test-network help\` tells the same in the terminal and lists the
scenarios; the packages hold it as a man page, too. In a project where the package is installed type \`npx\` before each command.

- A duration is a number and a unit: \`500ms\`, \`30s\`, \`2m\`, \`1h\`. A number alone is in seconds, except where the name of the option
  says another unit.
- A size has a unit as well: \`256m\`, \`256MB\` and \`256MiB\` are the same.
- Stdout holds what was asked for, stderr what is said about it.
`

if (process.argv[1] === fileURLToPath(import.meta.url)) await writeFile(commandLinePagePath, commandLinePage())

export function commandLinePage(): string {
  return `${[INTRODUCTION, ...commandReference('').map(sectionOf)].join('\n').trimEnd()}\n`
}

function sectionOf({ path, usage, description, takes, alsoTakes, exitCodes, examples }: CommandReference): string {
  const width = Math.max(...examples.map(({ command }) => command.length))
  const codes = [...exitCodes].map(([code, meaning]) => `**${code}** ${meaning}`)
  return [
    `## ${path}\n`,
    `\`\`\`\n${usage.join('\n')}\n\`\`\`\n`,
    `${description}\n`,
    ...(takes.length > 0 ? [`| | | values |\n|---|---|---|\n${takes.map(rowOf).join('\n')}\n`] : []),
    ...(alsoTakes.length > 0 ? [`Takes as well, as above: ${alsoTakes.map(flag => `\`${flag}\``).join(', ')}.\n`] : []),
    `Exit codes: ${codes.join('; ')}.\n`,
    `\`\`\`sh\n${examples.map(({ command, about }) => `${command.padEnd(width)}   # ${about}`).join('\n')}\n\`\`\`\n`
  ].join('\n')
}

function rowOf({ term, description, facts }: Taken): string {
  return `| \`${term}\` | ${cell(description)} | ${cell(facts.join('; '))} |`
}

/** Text of one cell. */
function cell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('<', '&lt;')
}
