/** Nodes of the program under test, one at a time or together, and everything that they said. */
import type { BookEntry, Command, NodeLine } from '../contract.ts'
import type { History } from '../history/history.ts'
import { createRecord, type RunRecord } from '../history/record.ts'
import { createProcessRunner } from '../runners/process.ts'
import type { ProgramCommand } from '../runners/registry.ts'
import type { NodeHandle, NodeObservation } from '../runners/runner.ts'
import type { Plan } from '../scenario/plan.ts'

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
  /** Closes its stdin, as the end of its harness would. */
  disconnect(): void
  /** Sends SIGTERM, and nothing else. */
  terminate(): void
}

export interface Session {
  readonly seen: readonly NodeObservation[]
  start(name: string, args?: readonly string[]): TestedNode
  /** Ends every node; the history of all that was seen, to the end of the last one. */
  close(): Promise<History>
}

const RESTART = 'restart'

/** So that the judge knows who starts again with its key. */
const PLAN: Plan = {
  scenario: 'conformance',
  seed: 1,
  nodes: ['n1', 'n2', 'n3'].map(name => ({ name, program: 'program', bootstrap: [], startsAtOnce: false })),
  links: {},
  steps: [
    {
      id: RESTART,
      begins: { type: 'next' },
      action: { type: 'restart', nodes: ['n1'], key: 'same', afterMs: 0 },
      withinMs: 30_000
    }
  ],
  bounds: {},
  deadlineMs: 0,
  settleMs: 0
}

export function openSession(command: ProgramCommand): Session {
  const runner = createProcessRunner({ command })
  const record = createRecord(() => {})
  const seen: NodeObservation[] = []
  const nodes: TestedNode[] = []
  const { scenario, deadlineMs, settleMs } = PLAN
  const names = PLAN.nodes.map(({ name }) => name)
  const startedAt = new Date().toISOString()
  const written = 'test-network conformance'
  record.add({
    type: 'run-started',
    startedAt,
    scenario,
    nodes: names,
    deadlineMs,
    settleMs,
    command: written,
    plan: PLAN
  })
  return {
    seen,
    start(name, args = []) {
      const own: NodeObservation[] = []
      const run = 1 + nodes.filter(node => node.name === name).length
      if (run > 1) record.add({ type: 'step', step: RESTART, state: 'begun' })
      const spec = { node: name, run, index: nodes.length, args: ['--name', name, ...args] }
      const handle = runner.start(spec, observation => {
        own.push(observation)
        seen.push(observation)
        record.add(observation)
      })
      const node = testedNode({ name, run, handle, seen: own, record })
      nodes.push(node)
      return node
    },
    async close() {
      record.add({ type: 'run-ended', reason: 'decided' })
      await Promise.all(nodes.map(({ handle }) => handle.stop()))
      await runner.close()
      return record.history
    }
  }
}

interface Parts {
  readonly name: string
  readonly run: number
  readonly handle: NodeHandle
  readonly seen: NodeObservation[]
  readonly record: RunRecord
}

function testedNode({ name, run, handle, seen, record }: Parts): TestedNode {
  const { until } = record
  const told = (type: 'stop-requested' | 'dump-requested') => record.add({ type, node: name, run })
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
    send(command) {
      if (command.type === 'stop') told('stop-requested')
      if (command.type === 'leave') record.add({ type: 'leave-requested', node: name, run })
      handle.send(command)
    },
    disconnect() {
      told('stop-requested')
      handle.disconnect()
    },
    terminate() {
      record.add({ type: 'stop-requested', node: name, run, signal: 'SIGTERM' })
      handle.signal('SIGTERM')
    },
    ready: () => lines('ready')[0],
    hasEnded: () => seen.some(({ type }) => type === 'exited' || type === 'spawn-failed'),
    async dump(timeoutMs) {
      const before = lines('book').length
      told('dump-requested')
      handle.send({ type: 'dump' })
      await until(() => lines('book').length > before, timeoutMs)
      return lines('book')[before]?.entries
    }
  }
}
