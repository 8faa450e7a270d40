/** A program of the testbed that works in one of the namespaces: it gets requests as lines of JSON, and answers each. */
import { extname } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { execa } from 'execa'
import { markOf, newRunId } from '../processes/mark.ts'

export interface Helper<Request, Answer> {
  /** @throws if the helper has ended */
  ask(request: Request): Promise<Answer>
  end(): Promise<void>
}

/**
 * @param enter - what goes before a command so that it runs in the namespace
 * @param program - URL of the program, without its extension
 */
export function startHelper<Request extends object, Answer>(
  enter: readonly string[],
  program: URL,
  args: readonly string[]
): Helper<Request, Answer> {
  const [first = '', ...rest] = [
    ...enter,
    process.execPath,
    // Where the harness runs from its sources, so does the helper.
    ...process.execArgv.filter(flag => flag.startsWith('--conditions')),
    `${fileURLToPath(program)}${extname(import.meta.filename)}`,
    ...args
  ]
  const child = execa(first, rest, {
    detached: true,
    env: markOf(newRunId(), 'helper', 1),
    stdin: 'pipe',
    buffer: { stdout: false },
    reject: false
  })
  child.stdin.on('error', () => {})
  /** BOUNDED by the requests under way. */
  const waiting = new Map<number, (answer: Answer) => void>()
  const ended = child.then(({ stderr, shortMessage }): never => {
    throw new Error(`the helper ended: ${stderr.trim().split('\n').at(-1) || (shortMessage ?? 'it was told to')}`)
  })
  ended.catch(() => {})
  createInterface({ input: child.stdout }).on('line', line => {
    const [number, answer] = JSON.parse(line) as [number, Answer]
    waiting.get(number)?.(answer)
    waiting.delete(number)
  })
  let count = 0
  return {
    async ask(request) {
      count += 1
      const number = count
      const answered = new Promise<Answer>(resolve => waiting.set(number, resolve))
      child.stdin.write(`${JSON.stringify([number, request])}\n`)
      return await Promise.race([answered, ended])
    },
    async end() {
      child.stdin.end()
      await child
    }
  }
}
