/** Nodes of the program under test, one at a time or together, and everything that they said. */
import type { BookEntry, Command, NodeLine } from '../contract.ts'
import { createRecord } from '../history/record.ts'
import { createProcessRunner } from '../runners/process.ts'
import type { ProgramCommand } from '../runners/registry.ts'
import type { NodeHandle, NodeObservation } from '../runners/runner.ts'

export type ReadyLine = NodeLine & { type: 'ready' }

export interface TestedNode {
  readonly name: string
  readonly handle: NodeHandle
  readonly seen: readonly NodeObservation[]
  /** The node's `ready` line, once it is there. */
  ready(): ReadyLine | undefined
  /** Whether it was observed, within `timeoutMs`, that `condition` holds. */
  until(condition: () => boolean, timeoutMs: number): Promise<boolean>
  /** The book that `dump` is answered with. */
  dump(timeoutMs: number): Promise<BookEntry[] | undefined>
  /** Every line of that type so far. */
  lines<T extends NodeLine['type']>(type: T): (NodeLine & { type: T })[]
  hasEnded(): boolean
  send(command: Command): void
}

export interface Session {
  readonly seen: readonly NodeObservation[]
  start(name: string, args?: readonly string[]): TestedNode
  close(): Promise<void>
}

export function openSession(command: ProgramCommand): Session {
  const runner = createProcessRunner({ command })
  const record = createRecord(() => {})
  const seen: NodeObservation[] = []
  const nodes: TestedNode[] = []
  return {
    seen,
    start(name, args = []) {
      const own: NodeObservation[] = []
      const spec = { node: name, run: 1, index: nodes.length, args: ['--name', name, ...args] }
      const handle = runner.start(spec, observation => {
        own.push(observation)
        seen.push(observation)
        record.look()
      })
      const node = testedNode(name, handle, own, record.until)
      nodes.push(node)
      return node
    },
    async close() {
      await Promise.all(nodes.map(({ handle }) => handle.stop()))
      await runner.close()
    }
  }
}

function testedNode(name: string, handle: NodeHandle, seen: NodeObservation[], until: TestedNode['until']): TestedNode {
  const lines: TestedNode['lines'] = <T extends NodeLine['type']>(type: T) =>
    seen.flatMap(found =>
      found.type === 'line' && found.line.type === type ? [found.line as NodeLine & { type: T }] : []
    )
  return {
    name,
    handle,
    seen,
    until,
    lines,
    send: handle.send.bind(handle),
    ready: () => lines('ready')[0],
    hasEnded: () => seen.some(({ type }) => type === 'exited' || type === 'spawn-failed'),
    async dump(timeoutMs) {
      const before = lines('book').length
      handle.send({ type: 'dump' })
      await until(() => lines('book').length > before, timeoutMs)
      return lines('book')[before]?.entries
    }
  }
}
