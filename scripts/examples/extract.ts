/** Code blocks out of Markdown, whether it stands in a document or in a docstring. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'

export interface Example {
  /** The file that it stands in. */
  file: string
  /** Its first line there, from 1. */
  line: number
  code: string
}

export async function examplesOf(root: string, file: string): Promise<Example[]> {
  return blocksIn(file, await readFile(join(root, file), 'utf8'))
}

/** The blocks that are marked as `ts`. */
export function blocksIn(file: string, content: string): Example[] {
  const lines = content.split('\n').map(line => (file.endsWith('.ts') ? line.replace(/^\s*\* ?/, '') : line))
  const examples: Example[] = []
  for (let at = 0; at < lines.length; at++) {
    if (lines[at]!.trim() !== '```ts') continue
    const end = lines.findIndex((line, index) => index > at && line.trim() === '```')
    if (end < 0) throw new Error(`${file}:${at + 1}: a block without an end`)
    examples.push({ file, line: at + 2, code: lines.slice(at + 1, end).join('\n') })
    at = end
  }
  return examples
}
