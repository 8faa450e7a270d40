/** A command written as one text, split into its words as a shell would, without ever starting one. */
import { parse } from 'shell-quote'
import { printable } from './printable.ts'

/** A program and its arguments, or what is wrong, to be read after the name of what holds the text. */
export type SplitCommand =
  | { words: [program: string, ...args: string[]]; fault?: undefined }
  | { words?: undefined; fault: string }

/** @param env - what `$NAME` stands for */
export function splitCommand(text: string, env: NodeJS.ProcessEnv): SplitCommand {
  const parts = parse(text, env)
  if (parts.some(part => typeof part !== 'string')) {
    const shown = JSON.stringify(printable(text, 60))
    return { fault: `is run without a shell, which ${shown} needs; write: sh -c '... "$@"' node` }
  }
  const [program, ...args] = parts as string[]
  if (program === undefined || program === '') return { fault: 'must name a program, for example: node my-node.js' }
  return { words: [program, ...args] }
}
