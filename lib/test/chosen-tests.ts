/** The command line of programs that run test files for minutes: `[--short] [name ...]`. */
import { readdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const END = '.test.ts'

export interface ChosenTests {
  readonly isShort: boolean
  readonly tests: readonly { readonly name: string; readonly file: string }[]
}

/** The tests of the folder that are named on the command line, or all. Ends the process with 2 where there is none of a name. */
export function chosenTests(program: string, folder: URL): ChosenTests {
  const known = readdirSync(folder)
    .filter(file => file.endsWith(END))
    .map(file => file.slice(0, -END.length))
    .sort()
  const args = process.argv.slice(2)
  const named = args.filter(arg => arg !== '--short')
  const unknown = named.find(name => !known.includes(name))
  if (unknown !== undefined) {
    process.stderr.write(`${program}: there is no ${JSON.stringify(unknown)}; there are ${known.join(', ')}\n`)
    process.exit(2)
  }
  const names = named.length > 0 ? named : known
  const tests = names.map(name => ({ name, file: fileURLToPath(new URL(`${name}${END}`, folder)) }))
  return { isShort: args.includes('--short'), tests }
}
