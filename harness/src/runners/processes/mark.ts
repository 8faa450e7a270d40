/**
 * Two variables in the environment of every process of a node. Whatever a node starts inherits them, in its session or in another
 * one, so that it can be found and ended with the run, by the next harness too.
 */
import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import type { NodeName } from '../../contract.ts'
import { formatOwner, type Owner, parseOwner, thisProcess } from './owner.ts'

const NODE_VARIABLE = 'GOSSIP_TESTBED_NODE'
const OWNER_VARIABLE = 'GOSSIP_TESTBED_OWNER'

/** Which process of which node of which run a process belongs to. */
export interface Mark {
  readonly runId: string
  readonly run: number
  readonly node: NodeName
  /** The harness of the run; undefined if it makes no sense. */
  readonly owner: Owner | undefined
}

export function newRunId(): string {
  return randomBytes(8).toString('hex')
}

/** What is added to the environment of a node. */
export function markOf(runId: string, node: NodeName, run: number): Record<string, string> {
  return { [NODE_VARIABLE]: `${runId} ${run} ${node}`, [OWNER_VARIABLE]: formatOwner(thisProcess()) }
}

/** The beginning of an entry of the environment that every process of the run has. */
export function markPrefix(runId: string): string {
  return `${NODE_VARIABLE}=${runId} `
}

/** Of a process of this host; undefined if it has none, has ended, or belongs to another user. */
export function readMark(pid: number): Mark | undefined {
  try {
    return parseMark(readFileSync(`/proc/${pid}/environ`, 'utf8'))
  } catch {
    return undefined
  }
}

/** @param environ - of /proc/<pid>/environ: entries that end with U+0000 */
export function parseMark(environ: string): Mark | undefined {
  const entries = environ.split('\0')
  const entryOf = (name: string) => entries.find(entry => entry.startsWith(`${name}=`))?.slice(name.length + 1)
  const [, runId, run, node] = /^([0-9a-f]+) (\d+) (.+)$/s.exec(entryOf(NODE_VARIABLE) ?? '') ?? []
  if (runId === undefined || run === undefined || node === undefined) return undefined
  return { runId, run: Number(run), node, owner: parseOwner(entryOf(OWNER_VARIABLE)) }
}
